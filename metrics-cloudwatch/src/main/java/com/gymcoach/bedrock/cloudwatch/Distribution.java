package com.gymcoach.bedrock.cloudwatch;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * A histogram. Each bucket is a sixteenth of its value wide and keeps the sum of its values, so
 * averages are exact and percentiles accurate to a sixteenth. Adding is thread-safe; all other
 * methods need one thread at a time.
 */
final class Distribution {
  /** Sixteen buckets per power of two. */
  private static final int SUB_BITS = 4;

  private static final int SUBS = 1 << SUB_BITS;

  /**
   * The upper limit: centuries in microseconds, a pebibyte in bytes, over a thousand USD in its
   * parts.
   */
  private static final long MAX_VALUE = (1L << 50) - 1;

  static final int BUCKETS = index(MAX_VALUE) + 1;

  private final AtomicReferenceArray<Bucket> buckets = new AtomicReferenceArray<>(BUCKETS);

  /** Adds a value. A value out of range counts as the nearest limit. */
  void add(long value) {
    long bounded = Math.max(0, Math.min(MAX_VALUE, value));
    int index = index(bounded);
    Bucket bucket = buckets.get(index);
    if (bucket == null) {
      buckets.compareAndSet(index, null, new Bucket());
      bucket = buckets.get(index);
    }
    bucket.add(bounded);
  }

  /** Returns the values added and not yet committed. */
  Values take() {
    Values values = new Values();
    for (int i = 0; i < BUCKETS; i++) {
      Bucket bucket = buckets.get(i);
      if (bucket != null && bucket.take(lowest(i), lowest(i + 1))) {
        values.add(i, bucket.takenCount, bucket.takenSum);
      }
    }
    return values;
  }

  /** Commits the values that {@link #take()} last returned. */
  void commit() {
    for (int i = 0; i < BUCKETS; i++) {
      Bucket bucket = buckets.get(i);
      if (bucket != null) {
        bucket.commit();
      }
    }
  }

  private static int index(long value) {
    if (value < SUBS) {
      return (int) value;
    }
    int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(value);
    int sub = (int) (value >>> (power - SUB_BITS)) & (SUBS - 1);
    return (power - SUB_BITS + 1) * SUBS + sub;
  }

  /** Returns the lowest value of a bucket. */
  private static long lowest(int index) {
    if (index < SUBS) {
      return index;
    }
    int power = index / SUBS + SUB_BITS - 1;
    return (1L << power) + ((long) (index % SUBS) << (power - SUB_BITS));
  }

  private static final class Bucket {
    private final LongAdder count = new LongAdder();
    private final LongAdder sum = new LongAdder();
    private long committedCount;
    private long committedSum;
    private long takenCount;
    private long takenSum;

    void add(long value) {
      sum.add(value);
      count.increment();
    }

    /**
     * Takes the new values. Reads the count before the sum, and {@link #add} updates the sum first:
     * values added meanwhile may be in the sum only. The excess over what this bucket's values can
     * add up to is left for the next time.
     */
    boolean take(long lowest, long above) {
      takenCount = count.sum() - committedCount;
      long added = sum.sum() - committedSum;
      takenSum = Math.max(takenCount * lowest, Math.min(takenCount * (above - 1), added));
      return takenCount > 0;
    }

    void commit() {
      committedCount += takenCount;
      committedSum += takenSum;
      takenCount = 0;
      takenSum = 0;
    }
  }
}
