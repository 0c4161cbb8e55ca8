package com.gymcoach.bedrock.cache.spi.metrics;

/** Discards every event. */
enum NoSink implements MetricsSink {
  INSTANCE;

  @Override
  public void record(CacheEvent event) {}
}
