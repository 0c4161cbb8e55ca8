package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.StoreUse;
import java.time.Duration;

/** Decides which metrics a call adds to. It is the only class that does so, for both sinks. */
interface Tally {
  /** Adds one. */
  void count(Metrics metric);

  /** Adds one under a reason. */
  void count(Metrics metric, CacheReason reason);

  /** Adds a fault. */
  void fault(CacheFault fault);

  /** Adds a looked-up call to the hit rate. */
  void lookedUp(boolean hit);

  /** Adds an amount of money, which may be negative. */
  void usd(Metrics metric, double usd);

  /** Adds the latency of an answered call. */
  void answered(Duration took, boolean cached);

  /** Adds the latency of a look-up in the store. */
  void storeTook(Duration lookUp);

  /** Adds the size of an entry. */
  void entryBytes(int bytes);

  /**
   * Adds a call. A background refresh is not counted as a call, because no caller waits for it. It
   * adds its cost (which its stale answer was counted as having saved), the answers it stored and
   * its faults.
   */
  static void add(CacheEvent event, Tally to) {
    if (!event.background()) {
      addCall(event, to);
    }
    CacheOutcome outcome = event.outcome();
    if (outcome.kept()) {
      to.count(Metrics.KEPT);
    }
    if (outcome.stored()) {
      to.count(Metrics.STORED);
    }
    Double model = event.cost().modelUsd();
    to.usd(Metrics.COST_SAVED, event.cost().savedUsd());
    if (model != null && !outcome.cached()) {
      to.usd(Metrics.BEDROCK_COST, model);
    }
    if (model == null && !event.failed() && !(event.background() && outcome.cached())) {
      to.count(Metrics.UNPRICED);
    }
    for (CacheFault fault : event.faults()) {
      to.fault(fault);
    }
  }

  private static void addCall(CacheEvent event, Tally to) {
    CacheOutcome outcome = event.outcome();
    switch (outcome.status()) {
      case HIT ->
          to.count(outcome.source() == CacheSource.WARM ? Metrics.WARM_HITS : Metrics.HOT_HITS);
      case COALESCED -> to.count(Metrics.COALESCED);
      case MISS -> to.count(Metrics.CACHE_MISSES);
      case BYPASS -> outcome.reason().ifPresent(reason -> to.count(Metrics.BYPASSES, reason));
    }
    if (outcome.status() != CacheOutcome.Status.BYPASS) {
      to.lookedUp(outcome.cached());
    }
    if (outcome.cached()) {
      to.count(Metrics.CACHE_HITS);
    }
    if (outcome.stale()) {
      to.count(Metrics.STALE_SERVED);
    }
    if (event.inError()) {
      to.count(Metrics.BEDROCK_ERRORS);
    }
    if (!event.failed()) {
      to.answered(event.latency(), outcome.cached());
      if (outcome.status() == CacheOutcome.Status.MISS && !outcome.kept() && !outcome.stored()) {
        outcome.reason().ifPresent(reason -> to.count(Metrics.REFUSALS, reason));
      }
    }
    StoreUse store = event.store();
    if (store != null) {
      to.storeTook(store.lookUp());
      if (store.envelopeBytes() > 0) {
        to.entryBytes(store.envelopeBytes());
      }
    }
  }
}
