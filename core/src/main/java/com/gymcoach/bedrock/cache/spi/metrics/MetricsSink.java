package com.gymcoach.bedrock.cache.spi.metrics;

import com.gymcoach.bedrock.cache.CacheStats;
import java.util.List;
import java.util.function.Supplier;

/**
 * Receives an event for every call. It runs on the thread that completes the call, so it must not
 * block and should do little more than add up numbers. An exception is swallowed and counted.
 * Implementations must be thread-safe.
 */
@FunctionalInterface
public interface MetricsSink {

  /** Records one call that went through the cache, including bypasses. */
  void record(CacheEvent event);

  /**
   * Records an invalidation. By default does nothing.
   *
   * @param endpoint the endpoint, or {@code *} for all of a scope's
   * @param entries the number of entries deleted
   */
  default void invalidated(String endpoint, long entries) {}

  /**
   * Records a fault that belongs to no call: an invalidation was not acknowledged, some of its
   * entries could not be deleted yet, or live settings could not be read. By default does nothing.
   *
   * @param endpoint the endpoint, or {@code *} for all
   */
  default void fault(String endpoint, CacheFault fault) {}

  /**
   * Called once for each cache built with this sink. By default does nothing.
   *
   * @param stats supplies figures that belong to no call, such as the bytes in memory
   */
  default void attached(Supplier<CacheStats> stats) {}

  /** Returns a sink that reports to several sinks. If one throws, the others are still called. */
  static MetricsSink all(MetricsSink... sinks) {
    return new ManySinks(List.of(sinks));
  }

  /**
   * Returns a sink that logs a line for each call, with SLF4J's logger {@code
   * com.gymcoach.bedrock.cache.calls} at level INFO. {@code docs/metrics.md} lists the key-value
   * pairs. Never logs a prompt, an answer or a user.
   */
  static MetricsSink logging() {
    return LoggingSink.INSTANCE;
  }

  /** Returns the sink that discards everything, which is the default. */
  static MetricsSink none() {
    return NoSink.INSTANCE;
  }
}
