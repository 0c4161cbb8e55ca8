package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * The totals of an endpoint, or of a model at an endpoint, since the sink was built. Totals are
 * never reset: committed amounts are kept beside them, and the difference is new. So nothing is
 * lost between reading and sending, and amounts that could not be sent remain new.
 *
 * <p>Adding is thread-safe and takes no lock; all other methods need one thread at a time.
 */
final class EndpointTotals implements Tally {
  private final LongAdder[] adders = adders(Sums.SIZE);
  private final long[] committed = new long[Sums.SIZE];
  private final long[] taken = new long[Sums.SIZE];
  private volatile long committedRecorded;
  private final Distribution timeCached = new Distribution();
  private final Distribution timeUncached = new Distribution();
  private final Distribution storeLatency = new Distribution();
  private final Distribution entryBytes = new Distribution();
  private final Distribution saved = new Distribution();
  private final Distribution lost = new Distribution();
  private final Distribution bedrockCost = new Distribution();

  /**
   * Counts one recorded call or invalidation, of which everything has been added: {@link #held}
   * must not be 0 while an amount is neither taken nor committed.
   */
  void recorded() {
    adders[Sums.RECORDED].increment();
  }

  @Override
  public void count(Metrics metric) {
    adders[Sums.of(metric)].increment();
  }

  @Override
  public void count(Metrics metric, CacheReason reason) {
    adders[metric == Metrics.BYPASSES ? Sums.bypass(reason) : Sums.refusal(reason)].increment();
  }

  @Override
  public void fault(CacheFault fault) {
    adders[Sums.of(fault)].increment();
  }

  @Override
  public void lookedUp(boolean hit) {} // computed from hits and misses

  @Override
  public void usd(Metrics metric, double usd) {
    if (!Double.isFinite(usd)) {
      return; // CloudWatch rejects it, and it would spoil every sum
    }
    long parts = Math.round(usd * Sums.PARTS_A_USD);
    if (metric == Metrics.BEDROCK_COST) {
      bedrockCost.add(parts);
    } else if (parts < 0) {
      lost.add(-parts);
    } else {
      saved.add(parts);
    }
  }

  @Override
  public void answered(Duration took, boolean cached) {
    (cached ? timeCached : timeUncached).add(micros(took));
  }

  @Override
  public void storeTook(Duration lookUp) {
    storeLatency.add(micros(lookUp));
  }

  @Override
  public void entryBytes(int bytes) {
    entryBytes.add(bytes);
  }

  private static long micros(Duration time) {
    return TimeUnit.NANOSECONDS.toMicros(time.toNanos());
  }

  /** Returns the amounts not yet committed. */
  Sums take() {
    long recorded = adders[Sums.RECORDED].sum(); // before the amounts, which are added before it
    for (int i = 0; i < taken.length; i++) {
      taken[i] = adders[i].sum() - committed[i];
    }
    taken[Sums.RECORDED] = recorded - committed[Sums.RECORDED];
    return new Sums(
        taken.clone(),
        new Sums.Times(timeCached.take(), timeUncached.take(), storeLatency.take()),
        entryBytes.take(),
        new Sums.Money(saved.take(), lost.take(), bedrockCost.take()));
  }

  /** Commits the amounts that {@link #take()} last returned. */
  void commit() {
    for (int i = 0; i < taken.length; i++) {
      committed[i] += taken[i];
      taken[i] = 0;
    }
    committedRecorded = committed[Sums.RECORDED];
    timeCached.commit();
    timeUncached.commit();
    storeLatency.commit();
    entryBytes.commit();
    saved.commit();
    lost.commit();
    bedrockCost.commit();
  }

  /** Returns the number of recorded calls and invalidations not yet committed. Thread-safe. */
  long held() {
    return adders[Sums.RECORDED].sum() - committedRecorded;
  }

  private static LongAdder[] adders(int size) {
    LongAdder[] made = new LongAdder[size];
    for (int i = 0; i < size; i++) {
      made[i] = new LongAdder();
    }
    return made;
  }
}
