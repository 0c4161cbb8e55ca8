package com.gymcoach.bedrock.cache.spi.metrics;

import com.gymcoach.bedrock.cache.CacheStats;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Reports to several sinks. If some throw, the first exception is rethrown after all have been
 * called.
 */
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
  public void fault(String endpoint, CacheFault fault) {
    each(sink -> sink.fault(endpoint, fault));
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
      } catch (Throwable e) { // a sink in Kotlin may throw checked exceptions
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw ManySinks.<RuntimeException>asIs(failure);
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // a sneaky throw is just that
  private static <E extends Throwable> E asIs(Throwable failure) throws E {
    throw (E) failure;
  }
}
