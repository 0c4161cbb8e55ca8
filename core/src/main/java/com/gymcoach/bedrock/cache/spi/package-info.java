/** What a user may implement: stores, keys, compression, metrics and time. */
@NullMarked
package com.gymcoach.bedrock.cache.spi;

import org.jspecify.annotations.NullMarked;
