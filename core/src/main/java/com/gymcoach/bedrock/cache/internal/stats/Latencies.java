package com.gymcoach.bedrock.cache.internal.stats;

import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The latencies of the answers from one source. The first ones are a list, because loading
 * HdrHistogram takes a part of a cold start; from then on they are in a histogram. Thread-safe, and
 * lock-free once there is a histogram.
 */
final class Latencies {
  /** One hour. Longer latencies count as one hour. */
  private static final long MAX_MICROS = 3_600_000_000L;

  static final int MAX_LISTED = 16;

  private final int digits;
  private volatile @Nullable AtomicHistogram histogram;

  /** Latencies and the number of calls that each counts for, in turn. Guarded by this lock. */
  private final long[] listed = new long[2 * MAX_LISTED];

  private int used;

  /** Creates an empty list. Percentiles have {@code digits} significant digits. */
  Latencies(int digits) {
    this.digits = digits;
  }

  /** Records a latency that counts for the given number of calls. */
  void record(long micros, int calls) {
    long bounded = Math.min(MAX_MICROS, micros);
    AtomicHistogram present = histogram;
    if (present == null && list(bounded, calls)) {
      return;
    }
    (present == null ? histogram() : present).recordValueWithCount(bounded, calls);
  }

  /** Returns whether there was room for a latency. */
  private synchronized boolean list(long micros, int calls) {
    if (histogram != null || used == listed.length) {
      return false;
    }
    listed[used++] = micros;
    listed[used++] = calls;
    return true;
  }

  /** Returns the histogram, which has all listed latencies when it is first seen. */
  private synchronized AtomicHistogram histogram() {
    AtomicHistogram present = histogram;
    if (present == null) {
      present = new AtomicHistogram(MAX_MICROS, digits);
      for (int i = 0; i < used; i += 2) {
        present.recordValueWithCount(listed[i], listed[i + 1]);
      }
      histogram = present;
    }
    return present;
  }

  /** Returns a copy as a histogram. As a {@code Histogram}, it would be loaded with this class. */
  AtomicHistogram copy() {
    return histogram().copy();
  }

  /** Returns an empty histogram to which copies can be added. */
  static Histogram empty(int digits) {
    return new Histogram(MAX_MICROS, digits);
  }
}
