package com.gymcoach.bedrock.cache.spi;

import com.gymcoach.bedrock.cache.CacheStats;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells several sinks; the first failure is thrown when all have been told. */
record ManySinks(List<MetricsSink> sinks) implements MetricsSink {

  @Override
  public void record(CacheEvent event) {
    each(sink -> sink.record(event));
  }

  @Override
  public void invalidated(String endpoint, long entries) {
    each(sink -> sink.invalidated(endpoint, entries));
  }

  @Override
  public void attached(Supplier<CacheStats> stats) {
    each(sink -> sink.attached(stats));
  }

  private void each(Consumer<MetricsSink> told) {
    Throwable failure = null;
    for (MetricsSink sink : sinks) {
      try {
        told.accept(sink);
      } catch (RuntimeException | Error e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }
}
