package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.CacheEvent;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.CallCost;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens and tells the sink, which can neither fail nor change a call. Thread-safe.
 */
public final class Recorder {
  /** Names come from code; should one come from users, figures must not fill the memory. */
  static final int MOST_ENDPOINTS = 64;

  private static final int MOST_MODELS = 8;

  private static final String OTHERS = "_others";

  /**
   * Of so many hits that nobody is told of, one is timed: reading the clock is a tenth of a hit.
   */
  private static final int TIMED_ONE_IN = 16;

  private final MetricsSink sink;
  private final PriceList prices;
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, Counters>> counters =
      new ConcurrentHashMap<>();
  private final Map<CacheFault, LongAdder> faults = Counters.adders(CacheFault.values());
  private final LongAdder invalidations = new LongAdder();
  private final LongAdder sinkFailures = new LongAdder();

  /** Returns a recorder that has seen nothing. */
  public Recorder(MetricsSink sink, PriceList prices) {
    this.sink = sink;
    this.prices = prices;
  }

  /** Tells the sink where to look for what no call tells. */
  public void attach(Supplier<CacheStats> stats) {
    guarded(() -> sink.attached(stats));
  }

  /** Returns whether a call is to be timed from its start. */
  boolean times() {
    return tells() || ThreadLocalRandom.current().nextInt(TIMED_ONE_IN) == 0;
  }

  private boolean tells() {
    return sink != MetricsSink.none();
  }

  /** Records a call that was answered. */
  void answered(CallContext context, PriceTier tier, CallLog log, CacheOutcome outcome) {
    record(context, log, outcome, cost(context, tier, log, outcome), false);
  }

  /** Records a call that failed: nobody can say what Bedrock asks for it. */
  void failed(CallContext context, CallLog log, CacheOutcome outcome) {
    double store = prices.storeUsd(log.readUnits(), log.writeUnits());
    record(context, log, outcome, new CallCost(null, store, 0 - store), true);
  }

  /** Records a call that the cache made behind its callers' backs; nobody was spared it. */
  void background(
      CallContext context, @Nullable PriceTier tier, CallLog log, CacheOutcome outcome) {
    double store = prices.storeUsd(log.readUnits(), log.writeUnits());
    Double model = tier == null || outcome.cached() ? null : modelUsd(context, tier, log);
    CallCost cost = new CallCost(model, store, 0 - store - (model == null ? 0 : model));
    Counters cell = counters(context);
    cell.kept(outcome);
    cell.money(cost, true, tier != null && !outcome.cached());
    log.faults().forEach(this::fault);
    tell(context, log, outcome, cost, tier == null, true);
  }

  private CallCost cost(CallContext context, PriceTier tier, CallLog log, CacheOutcome outcome) {
    double store = prices.storeUsd(log.readUnits(), log.writeUnits());
    Double model = modelUsd(context, tier, log);
    return new CallCost(model, store, (outcome.cached() && model != null ? model : 0) - store);
  }

  private @Nullable Double modelUsd(CallContext context, PriceTier tier, CallLog log) {
    TokenUsage usage = log.usage();
    OptionalDouble usd =
        usage == null ? OptionalDouble.empty() : prices.usd(context.modelId(), tier, usage);
    return usd.isPresent() ? usd.getAsDouble() : null;
  }

  private void record(
      CallContext context, CallLog log, CacheOutcome outcome, CallCost cost, boolean failed) {
    Counters cell = counters(context);
    cell.count(outcome, failed);
    cell.money(cost, !outcome.cached(), !failed);
    if (log.isTimed() && !failed) {
      cell.latency(outcome, log.elapsed());
    }
    if (log.anyFault()) {
      log.faults().forEach(this::fault);
    }
    tell(context, log, outcome, cost, failed, false);
  }

  private void tell(
      CallContext context,
      CallLog log,
      CacheOutcome outcome,
      CallCost cost,
      boolean failed,
      boolean background) {
    if (!tells()) {
      return;
    }
    guarded(
        () ->
            sink.record(
                new CacheEvent(
                    context.operation(),
                    context.endpoint(),
                    context.modelId(),
                    outcome,
                    log.elapsed(),
                    log.usage(),
                    log.store(),
                    cost,
                    log.faults(),
                    failed,
                    background)));
  }

  void invalidation(@Nullable String endpoint, long entries) {
    invalidations.increment();
    guarded(() -> sink.invalidated(endpoint == null ? "*" : endpoint, entries));
  }

  private void guarded(Runnable told) {
    try {
      told.run();
    } catch (Throwable broken) {
      sinkFailures.increment();
    }
  }

  void fault(CacheFault fault) {
    adder(fault).increment();
  }

  /** Returns the counters so far, by endpoint and within it by model. */
  public Map<String, Map<String, Counters>> counters() {
    Map<String, Map<String, Counters>> all = new HashMap<>();
    counters.forEach((endpoint, models) -> all.put(endpoint, Map.copyOf(models)));
    return all;
  }

  /** Returns how often a fault was seen. */
  public long faults(CacheFault fault) {
    return adder(fault).sum();
  }

  /** Returns how many invalidations were acknowledged. */
  public long invalidations() {
    return invalidations.sum();
  }

  /** Returns how often the sink threw. */
  public long sinkFailures() {
    return sinkFailures.sum();
  }

  private LongAdder adder(CacheFault fault) {
    return faults.computeIfAbsent(fault, absent -> new LongAdder());
  }

  private Counters counters(CallContext context) {
    return named(
        named(counters, context.endpoint(), MOST_ENDPOINTS, ConcurrentHashMap::new),
        context.modelId(),
        MOST_MODELS,
        Counters::new);
  }

  /** Returns what a table holds under a name, made where it is new; of many names, under one. */
  static <T> T named(ConcurrentHashMap<String, T> table, String name, int most, Supplier<T> made) {
    T present = table.get(name);
    if (present != null) {
      return present;
    }
    String bounded = table.size() < most ? name : OTHERS;
    return table.computeIfAbsent(bounded, absent -> made.get());
  }
}
