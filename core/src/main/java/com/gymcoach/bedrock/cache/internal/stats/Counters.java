package com.gymcoach.bedrock.cache.internal.stats;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** The counters of one endpoint and model. Thread-safe. */
public final class Counters {
  /** Precision of percentiles: within 1/100 of the true value. Takes 27 KB per source. */
  static final int PRECISE = 2;

  /** Precision of percentiles: within 1/16 of the true value. Takes 4 KB per source. */
  static final int COARSE = 1;

  private final int digits;
  private final LongAdder hot = new LongAdder();
  private final LongAdder warm = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder coalesced = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder bypasses = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder kept = new LongAdder();
  private final LongAdder stored = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder unpriced = new LongAdder();
  private final DoubleAdder savedUsd = new DoubleAdder();
  private final DoubleAdder bedrockUsd = new DoubleAdder();
  private final Map<CacheSource, Latencies> micros = new ConcurrentHashMap<>();
  private final Map<CacheSource, LongAdder> timed = adders(CacheSource.values());
  private final Map<CacheReason, LongAdder> reasons = adders(CacheReason.values());

  /** Creates counters at zero. Percentiles have {@code digits} significant digits. */
  Counters(int digits) {
    this.digits = digits;
  }

  static <E extends Enum<E>> Map<E, LongAdder> adders(E[] keys) {
    Map<E, LongAdder> adders = new ConcurrentHashMap<>();
    Arrays.stream(keys).forEach(key -> adders.put(key, new LongAdder()));
    return adders;
  }

  void count(CacheOutcome outcome, boolean failed) {
    switch (outcome.status()) {
      case HIT -> (outcome.source() == CacheSource.WARM ? warm : hot).increment();
      case COALESCED -> coalesced.increment();
      case MISS -> misses.increment();
      case BYPASS -> bypasses.increment();
    }
    putAway(outcome);
    if (outcome.stale()) {
      stale.increment();
    }
    if (failed) {
      failures.increment();
    } else if (outcome.stale() || (!outcome.cached() && isWorthAReason(outcome))) {
      outcome.reason().map(reasons::get).ifPresent(LongAdder::increment);
    }
  }

  /** An answer that was kept needs none, unless it replaced one that could not be converted. */
  private static boolean isWorthAReason(CacheOutcome outcome) {
    return !isPutAway(outcome) || outcome.reason().orElse(null) == CacheReason.OTHER_FORM;
  }

  /** Counts an answer if it was put into memory, the store or both. */
  void putAway(CacheOutcome outcome) {
    if (isPutAway(outcome)) {
      writes.increment();
      kept.add(outcome.kept() ? 1 : 0);
      stored.add(outcome.stored() ? 1 : 0);
    }
  }

  private static boolean isPutAway(CacheOutcome outcome) {
    return outcome.kept() || outcome.stored();
  }

  /** Adds a call's cost and savings, in USD. Bedrock's price is NaN if unknown. */
  void money(double modelUsd, double saved, boolean madeByBedrock, boolean answered) {
    savedUsd.add(saved);
    if (Double.isNaN(modelUsd)) {
      if (answered) {
        unpriced.increment();
      }
    } else if (madeByBedrock) {
      bedrockUsd.add(modelUsd);
    }
  }

  /**
   * Records a latency that counts for the given number of calls. A coalesced call counts under
   * Bedrock, because it waited for Bedrock.
   */
  void latency(CacheOutcome outcome, Duration took, int calls) {
    CacheSource from =
        outcome.status() == CacheOutcome.Status.HIT ? outcome.source() : CacheSource.BEDROCK;
    micros
        .computeIfAbsent(from, absent -> new Latencies(digits))
        .record(took.toNanos() / 1_000, calls);
    Objects.requireNonNull(timed.get(from)).increment();
  }

  /** Returns how many calls were answered from a source. */
  public long answered(CacheSource source) {
    return switch (source) {
      case HOT -> hot();
      case WARM -> warm();
      case BEDROCK -> Math.max(0, coalesced() + misses() + bypasses() - failures());
    };
  }

  /** Returns how many calls answered from a source were timed. */
  public long timed(CacheSource source) {
    return Objects.requireNonNull(timed.get(source)).sum();
  }

  /** Returns the number of answers served from memory. */
  public long hot() {
    return hot.sum();
  }

  /** Returns the number of answers served from the warm tier. */
  public long warm() {
    return warm.sum();
  }

  /** Returns the number of stale answers served from memory or the warm tier. */
  public long stale() {
    return stale.sum();
  }

  /** Returns the number of answers that followers received from another caller's call. */
  public long coalesced() {
    return coalesced.sum();
  }

  /** Returns the number of calls that were looked up and went to Bedrock. */
  public long misses() {
    return misses.sum();
  }

  /** Returns the number of calls that bypassed the cache. */
  public long bypasses() {
    return bypasses.sum();
  }

  /** Returns the number of answers put into memory, the store or both. */
  public long writes() {
    return writes.sum();
  }

  /** Returns the number of answers put into memory. */
  public long kept() {
    return kept.sum();
  }

  /** Returns the number of answers put into the store. */
  public long stored() {
    return stored.sum();
  }

  /** Returns the number of calls that ended in an exception. */
  public long failures() {
    return failures.sum();
  }

  /** Returns the number of answered calls whose tokens or price are unknown. */
  public long unpriced() {
    return unpriced.sum();
  }

  /** Returns the savings in USD, minus the cost of the store's units. */
  public double savedUsd() {
    return savedUsd.sum();
  }

  /** Returns the cost of Bedrock's answers in USD, without answers whose price is unknown. */
  public double bedrockUsd() {
    return bedrockUsd.sum();
  }

  /** Returns the latencies in microseconds, by the source of the answer. */
  public Map<CacheSource, Histogram> micros() {
    Map<CacheSource, Histogram> copies = new EnumMap<>(CacheSource.class);
    micros.forEach((source, latencies) -> copies.put(source, latencies.copy()));
    return copies;
  }

  /** Returns an empty histogram to which those of {@link #micros()} can be added. */
  public static Histogram noMicros() {
    return Latencies.empty(PRECISE);
  }

  /**
   * Returns how often each reason led to a bypass, to an answer that was not kept or to a stale
   * answer. Reasons that never occurred are left out.
   */
  public Map<CacheReason, Long> reasons() {
    Map<CacheReason, Long> seen = new EnumMap<>(CacheReason.class);
    reasons.forEach(
        (reason, adder) -> {
          if (adder.sum() > 0) {
            seen.put(reason, adder.sum());
          }
        });
    return seen;
  }
}
