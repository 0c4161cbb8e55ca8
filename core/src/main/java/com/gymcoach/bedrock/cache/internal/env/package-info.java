/** Clocks, threads, timers and randomness: what a cache takes from its surroundings. */
@NullMarked
package com.gymcoach.bedrock.cache.internal.env;

import org.jspecify.annotations.NullMarked;
