package com.gymcoach.bedrock.cache.internal.engine;

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
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/** What has been counted for one endpoint and model. Thread-safe. */
public final class Counters {
  /** An hour; what takes longer counts as that. */
  private static final long MAX_MICROS = 3_600_000_000L;

  /** A percentile is within a hundredth of itself; 27 KB a source. */
  static final int PRECISE = 2;

  /** A percentile is within a sixteenth of itself; 4 KB a source. */
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
  private final Map<CacheSource, AtomicHistogram> micros = new ConcurrentHashMap<>();
  private final Map<CacheSource, LongAdder> timed = adders(CacheSource.values());
  private final Map<CacheReason, LongAdder> reasons = adders(CacheReason.values());

  /** Returns counters at zero, whose percentiles have so many digits. */
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
    } else if (outcome.stale() || (!outcome.cached() && !isPutAway(outcome))) {
      outcome.reason().map(reasons::get).ifPresent(LongAdder::increment);
    }
  }

  /** Counts an answer that was put into memory, into the store or into both, if it was. */
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

  /** Counts what a call cost and saved, in USD; what Bedrock asks is no number where unknown. */
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
   * Counts how long a call took, for so many. One that shared another's took as long as Bedrock.
   */
  void latency(CacheOutcome outcome, Duration took, int calls) {
    CacheSource from =
        outcome.status() == CacheOutcome.Status.HIT ? outcome.source() : CacheSource.BEDROCK;
    micros
        .computeIfAbsent(from, absent -> new AtomicHistogram(MAX_MICROS, digits))
        .recordValueWithCount(Math.min(MAX_MICROS, took.toNanos() / 1_000), calls);
    Objects.requireNonNull(timed.get(from)).increment();
  }

  /** Returns how many calls were answered, by where their answer came from. */
  public long answered(CacheSource source) {
    return switch (source) {
      case HOT -> hot();
      case WARM -> warm();
      case BEDROCK -> Math.max(0, coalesced() + misses() + bypasses() - failures());
    };
  }

  /** Returns how many of them were timed. */
  public long timed(CacheSource source) {
    return Objects.requireNonNull(timed.get(source)).sum();
  }

  /** Returns the answers served from memory. */
  public long hot() {
    return hot.sum();
  }

  /** Returns the answers served from the warm tier. */
  public long warm() {
    return warm.sum();
  }

  /** Returns those of the answers served from either whose life had ended. */
  public long stale() {
    return stale.sum();
  }

  /** Returns the answers shared with another caller. */
  public long coalesced() {
    return coalesced.sum();
  }

  /** Returns the calls that were looked up and went to Bedrock. */
  public long misses() {
    return misses.sum();
  }

  /** Returns the calls that went past the cache. */
  public long bypasses() {
    return bypasses.sum();
  }

  /** Returns the answers put into memory, into the store or into both. */
  public long writes() {
    return writes.sum();
  }

  /** Returns the answers put into memory. */
  public long kept() {
    return kept.sum();
  }

  /** Returns the answers put into the store. */
  public long stored() {
    return stored.sum();
  }

  /** Returns the calls that ended in an exception. */
  public long failures() {
    return failures.sum();
  }

  /** Returns the answered calls whose tokens or price are not known. */
  public long unpriced() {
    return unpriced.sum();
  }

  /** Returns what was saved, in USD, the store's units taken off. */
  public double savedUsd() {
    return savedUsd.sum();
  }

  /** Returns what Bedrock's answers cost, in USD, as far as they have a price. */
  public double bedrockUsd() {
    return bedrockUsd.sum();
  }

  /** Returns how long calls took, in microseconds, by where their answer came from. */
  public Map<CacheSource, Histogram> micros() {
    Map<CacheSource, Histogram> copies = new EnumMap<>(CacheSource.class);
    micros.forEach((source, histogram) -> copies.put(source, histogram.copy()));
    return copies;
  }

  /** Returns a histogram to add the others to. */
  public static Histogram noMicros() {
    return new Histogram(MAX_MICROS, PRECISE);
  }

  /** Returns why calls went past the cache or were not kept; reasons not seen are left out. */
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
