package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What has been counted for one endpoint. Thread-safe. */
public final class Counters {
  private final LongAdder hot = new LongAdder();
  private final LongAdder warm = new LongAdder();
  private final LongAdder stale = new LongAdder();
  private final LongAdder coalesced = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder bypasses = new LongAdder();
  private final LongAdder writes = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final Map<CacheReason, LongAdder> reasons = adders(CacheReason.values());

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
    if (outcome.stored()) {
      writes.increment();
    }
    if (outcome.stale()) {
      stale.increment();
    }
    if (failed) {
      failures.increment();
    } else if (outcome.stale() || (!outcome.cached() && !outcome.stored())) {
      outcome.reason().map(reasons::get).ifPresent(LongAdder::increment);
    }
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

  /** Returns the answers kept. */
  public long writes() {
    return writes.sum();
  }

  /** Returns the calls that ended in an exception. */
  public long failures() {
    return failures.sum();
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
