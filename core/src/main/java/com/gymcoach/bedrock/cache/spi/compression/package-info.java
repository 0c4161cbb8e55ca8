/** Compression of entries in the store, and a tool that builds dictionaries for it. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.compression;

import org.jspecify.annotations.NullMarked;
