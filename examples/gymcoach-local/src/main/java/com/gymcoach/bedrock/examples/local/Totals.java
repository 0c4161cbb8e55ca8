package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.cache.spi.CacheEvent;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What all instances of the function have saved, spent and got over since the twin started. */
final class Totals implements MetricsSink {
  private final DoubleAdder savedUsd = new DoubleAdder();
  private final LongAdder faults = new LongAdder();

  @Override
  public void record(CacheEvent event) {
    savedUsd.add(event.cost().savedUsd());
    faults.add(event.faults().size());
  }

  /** Returns the price of the calls that were not made, less the store's units. */
  double savedUsd() {
    return savedUsd.sum();
  }

  /** Returns how often something went wrong that no caller noticed. */
  long faults() {
    return faults.sum();
  }
}
