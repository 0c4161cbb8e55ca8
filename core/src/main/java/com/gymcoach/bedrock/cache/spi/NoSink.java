package com.gymcoach.bedrock.cache.spi;

/** Keeps nothing. */
enum NoSink implements MetricsSink {
  INSTANCE;

  @Override
  public void record(CacheEvent event) {}
}
