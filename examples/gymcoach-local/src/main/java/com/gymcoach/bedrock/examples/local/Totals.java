package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Totals of all instances of the function since the twin started: the amount saved, and the faults.
 */
final class Totals implements MetricsSink {
  private final DoubleAdder savedUsd = new DoubleAdder();
  private final LongAdder faults = new LongAdder();

  @Override
  public void record(CacheEvent event) {
    savedUsd.add(event.cost().savedUsd());
    faults.add(event.faults().size());
  }

  /** Returns the price of the avoided calls, less the cost of the store. */
  double savedUsd() {
    return savedUsd.sum();
  }

  /** Returns the number of faults that callers did not notice. */
  long faults() {
    return faults.sum();
  }
}
