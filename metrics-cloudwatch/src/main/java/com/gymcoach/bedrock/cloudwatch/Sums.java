package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.CacheFault;

/**
 * What was added up in an interval, and where each sum stands. Used by one thread.
 *
 * @param counts by the indexes below
 * @param timeCached microseconds that calls took which Bedrock was spared
 * @param timeUncached microseconds that the others took
 * @param storeLatency microseconds that look-ups took
 * @param entryBytes entries read and written
 * @param saved what calls saved, in parts of a USD
 * @param lost likewise, where the store cost more than was saved
 * @param bedrockCost what Bedrock's answers cost, in parts of a USD
 */
@SuppressWarnings("EnumOrdinal") // the order is of no matter outside this process
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
   * A millionth of a millionth: one token of the cheapest model is 35,000 of them, and the sums of
   * whole numbers are exact. They may wrap around, at nine million USD: differences do not mind.
   */
  static final double PARTS_A_USD = 1e12;

  private static final CacheReason[] REASONS = CacheReason.values();
  private static final CacheFault[] FAULTS = CacheFault.values();

  private static final int FIRST_BYPASS = Metrics.values().length;
  private static final int FIRST_REFUSAL = FIRST_BYPASS + REASONS.length;
  private static final int FIRST_FAULT = FIRST_REFUSAL + REASONS.length;

  /** How many calls and invalidations. */
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

  /** Returns how long all answered calls took. */
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
