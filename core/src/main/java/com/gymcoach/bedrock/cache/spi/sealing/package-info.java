/** Encryption of entries in the store. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.sealing;

import org.jspecify.annotations.NullMarked;
