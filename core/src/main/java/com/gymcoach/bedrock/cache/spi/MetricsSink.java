package com.gymcoach.bedrock.cache.spi;

import com.gymcoach.bedrock.cache.CacheStats;
import java.util.List;
import java.util.function.Supplier;

/**
 * Hears of every call. Called on the caller's thread: it must not block, and is best kept to adding
 * up numbers. What it throws is swallowed and counted. Must be safe for use by many threads.
 */
@FunctionalInterface
public interface MetricsSink {

  /** Records one call that went through the cache, bypasses included. */
  void record(CacheEvent event);

  /**
   * Records an invalidation. Does nothing unless overridden.
   *
   * @param endpoint the endpoint, or {@code *} for all of a scope's
   * @param entries how many entries went
   */
  default void invalidated(String endpoint, long entries) {}

  /**
   * Records what went wrong beside any call: an invalidation was not acknowledged, or some of its
   * entries could not be deleted yet. Does nothing unless overridden.
   *
   * @param endpoint the endpoint, or {@code *} for all of a scope's
   */
  default void fault(String endpoint, CacheFault fault) {}

  /**
   * Hears once of each cache that is built with this sink: where to look for what no call tells,
   * such as the bytes in memory. Does nothing unless overridden.
   */
  default void attached(Supplier<CacheStats> stats) {}

  /** Returns a sink that tells several, each even where another throws. */
  static MetricsSink all(MetricsSink... sinks) {
    return new ManySinks(List.of(sinks));
  }

  /**
   * Returns a sink that logs a line for each call, by SLF4J's logger {@code
   * com.gymcoach.bedrock.cache.calls} at level INFO, with what is told as key-value pairs: {@code
   * docs/metrics.md} lists them. Never a prompt, an answer or a user.
   */
  static MetricsSink logging() {
    return LoggingSink.INSTANCE;
  }

  /** Returns the sink that keeps nothing, the default. */
  static MetricsSink none() {
    return NoSink.INSTANCE;
  }
}
