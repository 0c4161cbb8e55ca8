package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;

/**
 * The sums of an interval, with the index of each. Used by one thread.
 *
 * @param counts the counts, by the indexes below
 * @param timeCached latency in microseconds of calls answered from the cache
 * @param timeUncached latency in microseconds of the other calls
 * @param storeLatency latency of look-ups in the store, in microseconds
 * @param entryBytes size of entries read and written
 * @param saved amounts saved by calls, in parts of a USD
 * @param lost amounts lost by calls for which the store cost more than was saved, in parts of a USD
 * @param bedrockCost cost of Bedrock's answers, in parts of a USD
 */
@SuppressWarnings("EnumOrdinal") // the order never leaves this process
record Sums(
    long[] counts,
    Values timeCached,
    Values timeUncached,
    Values storeLatency,
    Values entryBytes,
    Values saved,
    Values lost,
    Values bedrockCost) {

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
  static final int TOLD = FIRST_FAULT + FAULTS.length;

  static final int SIZE = TOLD + 1;

  static Sums none() {
    return new Sums(
        new long[SIZE],
        new Values(),
        new Values(),
        new Values(),
        new Values(),
        new Values(),
        new Values(),
        new Values());
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

  /** Returns the latency of all answered calls. */
  Values time() {
    Values all = new Values();
    all.add(timeCached);
    all.add(timeUncached);
    return all;
  }

  void add(Sums more) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += more.counts[i];
    }
    timeCached.add(more.timeCached);
    timeUncached.add(more.timeUncached);
    storeLatency.add(more.storeLatency);
    entryBytes.add(more.entryBytes);
    saved.add(more.saved);
    lost.add(more.lost);
    bedrockCost.add(more.bedrockCost);
  }
}
