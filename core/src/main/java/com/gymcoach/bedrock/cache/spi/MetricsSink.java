package com.gymcoach.bedrock.cache.spi;

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

  /** Returns the sink that keeps nothing, the default. */
  static MetricsSink none() {
    return NoSink.INSTANCE;
  }
}
