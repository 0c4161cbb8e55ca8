/**
 * The interfaces that applications may implement: stores, keys, sealing, compression, metrics and
 * time.
 */
@NullMarked
package com.gymcoach.bedrock.cache.spi;

import org.jspecify.annotations.NullMarked;
