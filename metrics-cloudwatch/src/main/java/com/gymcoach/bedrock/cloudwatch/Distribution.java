package com.gymcoach.bedrock.cloudwatch;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often which value was seen: in buckets a sixteenth of their value wide, each with the sum of
 * what fell into it, so that averages are exact and percentiles within a sixteenth. Adding is safe
 * for many threads; the rest is for one at a time.
 */
final class Distribution {
  /** Sixteen buckets from one power of two to the next. */
  private static final int SUB_BITS = 4;

  private static final int SUBS = 1 << SUB_BITS;

  /** Centuries in microseconds, a pebibyte in bytes, over a thousand USD in their parts. */
  private static final long MOST = (1L << 50) - 1;

  static final int BUCKETS = index(MOST) + 1;

  private final AtomicReferenceArray<Bucket> buckets = new AtomicReferenceArray<>(BUCKETS);

  /** Adds a value; one out of range counts as the nearest that is in it. */
  void add(long value) {
    long bounded = Math.max(0, Math.min(MOST, value));
    int index = index(bounded);
    Bucket bucket = buckets.get(index);
    if (bucket == null) {
      buckets.compareAndSet(index, null, new Bucket());
      bucket = buckets.get(index);
    }
    bucket.add(bounded);
  }

  /** Returns what was added and not committed. */
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

  /** Takes off what {@link #take()} last returned. */
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
     * Takes what is new. The count is read first and the sum, which is added to first, thereafter:
     * values that are added meanwhile may be in the sum alone. What they add beyond what values of
     * this bucket can amount to is left for the next time.
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
