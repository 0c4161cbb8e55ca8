package com.gymcoach.bedrock.cache.internal.engine;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.PackedHistogram;

/**
 * How long calls took, in microseconds. Packed: some 3 KB, where a histogram that is not takes 27.
 * Guarded by its monitor: the library's concurrent packed histogram was seen to loop for ever when
 * two threads made it grow.
 */
final class Latencies {
  /** An hour; what takes longer counts as that. */
  private static final long LONGEST_MICROS = 3_600_000_000L;

  /** Two: a percentile is within a hundredth of itself. */
  private static final int DIGITS = 2;

  private final PackedHistogram micros = new PackedHistogram(LONGEST_MICROS, DIGITS);

  /** Records so many calls that took so long. */
  synchronized void record(long took, int calls) {
    micros.recordValueWithCount(Math.min(LONGEST_MICROS, took), calls);
  }

  /** Returns what has been recorded until now. */
  synchronized Histogram copy() {
    return micros.copy();
  }
}
