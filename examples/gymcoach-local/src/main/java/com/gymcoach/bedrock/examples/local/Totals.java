package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Totals of all instances of the function since the twin started: the amount saved, and the faults.
 */
final class Totals implements MetricsSink {
  private final DoubleAdder savedUsd = new DoubleAdder();
  private final Map<CacheFault, LongAdder> faults = new ConcurrentHashMap<>();

  @Override
  public void record(CacheEvent event) {
    savedUsd.add(event.cost().savedUsd());
    event.faults().forEach(this::count);
  }

  /** Counts a fault of an invalidation, which belongs to no call for an answer. */
  @Override
  public void fault(String endpoint, CacheFault fault) {
    count(fault);
  }

  private void count(CacheFault fault) {
    faults.computeIfAbsent(fault, absent -> new LongAdder()).increment();
  }

  /** Returns the price of the avoided calls, less the cost of the store. */
  double savedUsd() {
    return savedUsd.sum();
  }

  /** Returns the number of faults inside the cache. */
  long faults() {
    return faults.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Returns the number of faults by name. */
  Map<String, Long> faultsByName() {
    Map<String, Long> byName = new TreeMap<>();
    faults.forEach((fault, count) -> byName.put(fault.name(), count.sum()));
    return byName;
  }
}
