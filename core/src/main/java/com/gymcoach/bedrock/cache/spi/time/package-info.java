/** The clocks that a cache reads. */
@NullMarked
package com.gymcoach.bedrock.cache.spi.time;

import org.jspecify.annotations.NullMarked;
