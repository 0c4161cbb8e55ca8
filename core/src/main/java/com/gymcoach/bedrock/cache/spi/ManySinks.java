package com.gymcoach.bedrock.cache.spi;

import com.gymcoach.bedrock.cache.CacheStats;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    RuntimeException failure = null;
    for (MetricsSink sink : sinks) {
      failure = tell(sink, told, failure);
    }
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable RuntimeException tell(
      MetricsSink sink, Consumer<MetricsSink> told, @Nullable RuntimeException before) {
    try {
      told.accept(sink);
      return before;
    } catch (RuntimeException e) {
      return before == null ? e : before;
    }
  }
}
