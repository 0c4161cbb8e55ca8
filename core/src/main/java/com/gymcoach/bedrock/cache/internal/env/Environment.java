package com.gymcoach.bedrock.cache.internal.env;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a cache takes from its surroundings: clocks, threads, timers and randomness. With
 * other ones, a test drives a cache step by step.
 *
 * @param background the executor that refreshes stale answers and verifies hits
 * @param fallback the executor for tasks that must not run on the current thread; never rejects a
 *     task
 */
public record Environment(
    TimeSource time, Executor background, Executor fallback, Timers timers, Randomness random) {

  /**
   * Returns the environment of a cache in production.
   *
   * @param executor the service's executor, or null for the library's daemon threads
   */
  public static Environment of(TimeSource time, @Nullable Executor executor) {
    return new Environment(
        time,
        executor == null ? DaemonPools.REVALIDATION : executor,
        new FallbackExecutor(executor == null ? DaemonPools.CALLERS : executor),
        Timers.system(),
        new Randomness());
  }
}
