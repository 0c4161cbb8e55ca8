package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;

/**
 * The sums of an interval, with the index of each. Used by one thread.
 *
 * @param counts the counts, by the indexes below
 * @param times the latencies
 * @param entryBytes size of entries read and written
 * @param money the amounts of money
 */
@SuppressWarnings("EnumOrdinal") // the order never leaves this process
record Sums(long[] counts, Times times, Values entryBytes, Money money) {

  /**
   * Latencies in microseconds.
   *
   * @param cached of calls answered from the cache
   * @param uncached of the other answered calls
   * @param lookUps of look-ups in the store
   */
  record Times(Values cached, Values uncached, Values lookUps) {
    /** Returns the latency of all answered calls. */
    Values all() {
      Values all = new Values();
      all.add(cached);
      all.add(uncached);
      return all;
    }

    void add(Times more) {
      cached.add(more.cached);
      uncached.add(more.uncached);
      lookUps.add(more.lookUps);
    }
  }

  /**
   * Amounts in parts of a USD.
   *
   * @param saved saved by calls
   * @param lost lost by calls for which the store cost more than was saved
   * @param bedrock the cost of Bedrock's answers
   */
  record Money(Values saved, Values lost, Values bedrock) {
    void add(Money more) {
      saved.add(more.saved);
      lost.add(more.lost);
      bedrock.add(more.bedrock);
    }
  }

  /**
   * The number of parts in a USD. One token of the cheapest model costs 35,000 parts, and sums of
   * integers are exact. They wrap around at nine million USD, which does not affect differences.
   */
  static final double PARTS_A_USD = 1e12;

  private static final CacheReason[] REASONS = CacheReason.values();
  private static final CacheFault[] FAULTS = CacheFault.values();

  private static final int FIRST_BYPASS = Metrics.values().length;
  private static final int FIRST_REFUSAL = FIRST_BYPASS + REASONS.length;
  private static final int FIRST_FAULT = FIRST_REFUSAL + REASONS.length;

  /** The index of the number of calls and invalidations. */
  static final int RECORDED = FIRST_FAULT + FAULTS.length;

  static final int SIZE = RECORDED + 1;

  static Sums none() {
    return new Sums(
        new long[SIZE],
        new Times(new Values(), new Values(), new Values()),
        new Values(),
        new Money(new Values(), new Values(), new Values()));
  }

  static int of(Metrics metric) {
    return metric.ordinal();
  }

  static int bypass(CacheReason reason) {
    return FIRST_BYPASS + reason.ordinal();
  }

  static int refusal(CacheReason reason) {
    return FIRST_REFUSAL + reason.ordinal();
  }

  static int of(CacheFault fault) {
    return FIRST_FAULT + fault.ordinal();
  }

  long count(Metrics metric) {
    return counts[of(metric)];
  }

  void add(Sums more) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += more.counts[i];
    }
    times.add(more.times);
    entryBytes.add(more.entryBytes);
    money.add(more.money);
  }
}
