package com.gymcoach.bedrock.micrometer;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.StoreUse;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All meters of one endpoint. Thread-safe. */
final class EndpointMeters {
  private static final List<CacheReason> REASONS = List.of(CacheReason.values());
  private static final List<CacheFault> FAULTS = List.of(CacheFault.values());
  private static final List<CacheSource> TIERS = List.of(CacheSource.HOT, CacheSource.WARM);

  private final MeterRegistry registry;
  private final Tags tags;

  /** The meters of a model's calls: its own, or those that all models share. */
  private final Function<String, CallMeters> calls;

  private final MeterTable<Counter> stale;
  private final MeterTable<Counter> bypasses;
  private final MeterTable<Counter> refusals;
  private final MeterTable<Counter> writes;
  private final MeterTable<Counter> faults;
  private final MeterTable<Counter> invalidations;
  private final MeterTable<Timer> storeCalls;
  private final MeterTable<DistributionSummary> entrySize;

  EndpointMeters(MeterRegistry registry, Tags tags, boolean byModel, boolean histogram) {
    this.registry = registry;
    this.tags = tags;
    this.calls = byModel ? byModel(histogram) : ofAllModels(histogram);
    this.stale = counters(Names.STALE, "Hits whose answer was past its TTL");
    this.bypasses = counters(Names.BYPASSES, "Calls that bypassed the cache, by reason", REASONS);
    this.refusals = counters(Names.REFUSALS, "Answers that were not kept, by reason", REASONS);
    this.writes =
        new MeterTable<>(
            TIERS.size(),
            i ->
                counter(Names.WRITES, "Answers put into memory and into the store")
                    .tag(Names.TIER, TIERS.get(i).wireName())
                    .register(registry));
    this.faults =
        new MeterTable<>(
            FAULTS.size(),
            i ->
                counter(Names.FAULTS, "Faults of the cache that did not fail a call")
                    .tag(Names.FAULT, FAULTS.get(i).name())
                    .register(registry));
    this.invalidations = counters(Names.INVALIDATIONS, "Acknowledged invalidations");
    this.storeCalls =
        new MeterTable<>(
            1,
            i ->
                Timer.builder(Names.STORE_CALLS)
                    .description("Look-ups in the store")
                    .tags(tags)
                    .publishPercentileHistogram(histogram)
                    .register(registry));
    this.entrySize =
        new MeterTable<>(
            1,
            i ->
                DistributionSummary.builder(Names.ENTRY_SIZE)
                    .description("The size of entries read and written")
                    .baseUnit(Names.BYTES)
                    .tags(tags)
                    .register(registry));
  }

  private Function<String, CallMeters> byModel(boolean histogram) {
    return ClosedNames.models(
            (String model) -> new CallMeters(registry, tags.and(Names.MODEL, model), histogram))
        ::get;
  }

  private Function<String, CallMeters> ofAllModels(boolean histogram) {
    CallMeters all = new CallMeters(registry, tags, histogram);
    return model -> all;
  }

  private Counter.Builder counter(String name, String description) {
    return Counter.builder(name).description(description).tags(tags);
  }

  private MeterTable<Counter> counters(String name, String description) {
    return new MeterTable<>(1, i -> counter(name, description).register(registry));
  }

  private MeterTable<Counter> counters(String name, String description, List<CacheReason> reasons) {
    return new MeterTable<>(
        reasons.size(),
        i ->
            counter(name, description).tag(Names.REASON, reasons.get(i).name()).register(registry));
  }

  /**
   * Adds a call. A background refresh is not counted as a call, because no caller waits for it. It
   * adds its cost, the answers it stored and its faults.
   */
  void add(CacheEvent event) {
    calls.apply(event.modelId()).add(event);
    CacheOutcome outcome = event.outcome();
    if (!event.background()) {
      addOutcome(event, outcome);
    }
    if (outcome.kept()) {
      writes.get(TIERS.indexOf(CacheSource.HOT)).increment();
    }
    if (outcome.stored()) {
      writes.get(TIERS.indexOf(CacheSource.WARM)).increment();
    }
    addStore(event.store());
    for (CacheFault fault : event.faults()) {
      faults.get(FAULTS.indexOf(fault)).increment();
    }
  }

  private void addOutcome(CacheEvent event, CacheOutcome outcome) {
    if (outcome.stale()) {
      stale.get(0).increment();
    }
    CacheReason reason = outcome.reason().orElse(null);
    if (reason == null) {
      return;
    }
    if (outcome.status() == CacheOutcome.Status.BYPASS) {
      bypasses.get(REASONS.indexOf(reason)).increment();
    } else if (outcome.status() == CacheOutcome.Status.MISS
        && !event.failed()
        && !outcome.kept()
        && !outcome.stored()) {
      refusals.get(REASONS.indexOf(reason)).increment();
    }
  }

  private void addStore(@Nullable StoreUse store) {
    if (store != null) {
      storeCalls.get(0).record(store.lookUp());
      if (store.envelopeBytes() > 0) {
        entrySize.get(0).record(store.envelopeBytes());
      }
    }
  }

  void addInvalidation() {
    invalidations.get(0).increment();
  }

  void addFault(CacheFault fault) {
    faults.get(FAULTS.indexOf(fault)).increment();
  }
}
