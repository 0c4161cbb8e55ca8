package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.spi.CacheEvent;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.CallCost;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens and tells the sink, which can neither fail nor change a call. Thread-safe.
 */
public final class StatsRecorder {
  /** Names come from code; should one come from users, figures must not fill the memory. */
  static final int MAX_ENDPOINTS = 64;

  private static final int MAX_MODELS = 8;

  /** Of so many pairs of endpoint and model the percentiles are precise. */
  private static final int MAX_PRECISE = 32;

  private static final String OTHERS = "_others";

  /** What has no price, among numbers: a hot hit makes no object of one. */
  static final double UNKNOWN = Double.NaN;

  /**
   * Of so many hits that nobody is told of, one is timed and counts for all: reading the clock is a
   * tenth of a hit.
   */
  private static final int TIMED_ONE_IN = 16;

  private final MetricsSink sink;
  private final PriceList prices;
  private final FaultLog faultLog;
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, Counters>> counters =
      new ConcurrentHashMap<>();
  private final AtomicInteger pairs = new AtomicInteger();
  private final Map<CacheFault, LongAdder> faults = Counters.adders(CacheFault.values());
  private final LongAdder invalidations = new LongAdder();
  private final LongAdder sinkFailures = new LongAdder();

  /** Returns a recorder that has seen nothing. */
  public StatsRecorder(MetricsSink sink, PriceList prices, FaultLog faultLog) {
    this.sink = sink;
    this.prices = prices;
    this.faultLog = faultLog;
  }

  /** Tells the sink where to look for what no call tells. */
  public void attach(Supplier<CacheStats> stats) {
    guarded(() -> sink.attached(stats));
  }

  /** Begins to time a call, or leaves it be. */
  void time(CallRecord log) {
    if (tells()) {
      log.time();
    } else if (ThreadLocalRandom.current().nextInt(TIMED_ONE_IN) == 0) {
      log.time(TIMED_ONE_IN);
    }
  }

  private boolean tells() {
    return sink != MetricsSink.none();
  }

  /**
   * Records a call that was answered.
   *
   * @param usd what Bedrock asks for the answer, or no number
   */
  void answered(CallContext context, double usd, CallRecord log, CacheOutcome outcome) {
    record(context, log, outcome, usd, false);
  }

  /** Records a call that failed: nobody can say what Bedrock asks for it. */
  void failed(CallContext context, CallRecord log, CacheOutcome outcome) {
    record(context, log, outcome, UNKNOWN, true);
  }

  /** Records a call that the cache made behind its callers' backs; nobody was spared it. */
  void background(
      CallContext context, double usd, CallRecord log, CacheOutcome outcome, boolean failed) {
    double model = outcome.cached() ? UNKNOWN : usd;
    double store = storeUsd(log);
    double saved = 0 - store - (Double.isNaN(model) ? 0 : model);
    Counters cell = counters(context);
    cell.putAway(outcome);
    cell.money(model, saved, true, !failed && !outcome.cached());
    log.eachFault(this::fault);
    if (tells()) {
      tell(context, log, log.elapsed(), outcome, cost(model, store, saved), failed, true);
    }
  }

  /** Returns what Bedrock asks for an answer, or no number. */
  <R> double usd(
      CallContext context, CacheableOperation<?, R> operation, R response, CallRecord log) {
    return usd(prices, context, operation, response, log.usage());
  }

  /** Returns what Bedrock asks for an answer that cost these tokens, or no number. */
  static <R> double usd(
      PriceList prices,
      CallContext context,
      CacheableOperation<?, R> operation,
      R response,
      @Nullable TokenUsage usage) {
    return usage == null
        ? UNKNOWN
        : prices.usd(context.modelId(), operation.tier(response), usage).orElse(UNKNOWN);
  }

  private double storeUsd(CallRecord log) {
    return prices.storeUsd(log.readUnits(), log.writeUnits());
  }

  private static CallCost cost(double model, double store, double saved) {
    return new CallCost(Double.isNaN(model) ? null : model, store, saved);
  }

  private void record(
      CallContext context, CallRecord log, CacheOutcome outcome, double model, boolean failed) {
    double store = storeUsd(log);
    double saved = (outcome.cached() && !Double.isNaN(model) ? model : 0) - store;
    Counters cell = counters(context);
    cell.count(outcome, failed);
    cell.money(model, saved, !outcome.cached(), !failed);
    Duration took = log.isTimed() ? log.elapsed() : Duration.ZERO;
    if (log.isTimed() && !failed) {
      cell.latency(outcome, took, log.standsFor());
    }
    if (log.anyFault()) {
      log.eachFault(this::fault);
      log.eachFault(this::failedInside);
    } else if (outcome.cached() || outcome.kept() || outcome.stored()) {
      faultLog.worked();
    }
    if (tells()) {
      tell(context, log, took, outcome, cost(model, store, saved), failed, false);
    }
  }

  private void tell(
      CallContext context,
      CallRecord log,
      Duration took,
      CacheOutcome outcome,
      CallCost cost,
      boolean failed,
      boolean background) {
    guarded(
        () ->
            sink.record(
                new CacheEvent(
                    context.operation(),
                    context.endpoint(),
                    context.modelId(),
                    outcome,
                    took,
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

  /** Counts what went wrong with an invalidation, which is no call's. */
  void invalidationFault(@Nullable String endpoint, CacheFault fault, @Nullable Throwable cause) {
    fault(fault, cause);
    guarded(() -> sink.fault(endpoint == null ? "*" : endpoint, fault));
  }

  private void guarded(Runnable told) {
    try {
      told.run();
    } catch (Throwable broken) {
      sinkFailures.increment();
      faultLog.noted("the metrics sink", broken);
    }
  }

  /** Counts a fault, and logs it. */
  public void fault(CacheFault fault, @Nullable Throwable cause) {
    adder(fault).increment();
    faultLog.fault(fault, cause);
  }

  private void failedInside(CacheFault fault, @Nullable Throwable cause) {
    if (fault == CacheFault.ENGINE_FAILED || fault == CacheFault.ENCODE_FAILED) {
      faultLog.failedInside(fault, cause);
    }
  }

  /** Logs an exception that is no fault of a call's. */
  void noted(String what, Throwable broken) {
    faultLog.noted(what, broken);
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
        named(counters, context.endpoint(), MAX_ENDPOINTS, ConcurrentHashMap::new),
        context.modelId(),
        MAX_MODELS,
        this::onePairMore);
  }

  private Counters onePairMore() {
    return new Counters(pairs.getAndIncrement() < MAX_PRECISE ? Counters.PRECISE : Counters.COARSE);
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
