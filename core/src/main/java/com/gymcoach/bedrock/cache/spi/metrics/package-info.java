/** Receivers of each call's event, and the events themselves. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.metrics;

import org.jspecify.annotations.NullMarked;
