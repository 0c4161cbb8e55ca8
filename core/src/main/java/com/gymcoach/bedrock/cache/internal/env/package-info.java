/** The cache's environment: clocks, threads, timers and randomness. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.env;

import org.jspecify.annotations.NullMarked;
