package com.gymcoach.bedrock.cache.internal.stats;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.CallCost;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls and faults and passes them to the sink, which can neither fail nor change a call.
 * Thread-safe.
 */
public final class StatsRecorder {
  /**
   * The most endpoint names counted separately. Names come from code, but if one comes from users,
   * the counters must not fill the memory.
   */
  static final int MAX_ENDPOINTS = 64;

  private static final int MAX_MODELS = 8;

  /** The most pairs of endpoint and model that have precise percentiles. */
  private static final int MAX_PRECISE = 32;

  /** The name that stands for all names beyond a limit. */
  static final String OTHERS = "_others";

  /** An unknown price. */
  public static final double UNKNOWN = Double.NaN;

  /**
   * One memory hit in this many is in the percentiles and counts for all of them: adding to a
   * histogram takes a tenth of a hit, and threads that serve the same answer add to the same
   * bucket.
   */
  private static final int SAMPLED_ONE_IN = 16;

  private final MetricsSink sink;
  private final PriceList prices;
  private final FaultLog faultLog;
  private final RandomGenerator random;
  private final ConcurrentHashMap<String, ConcurrentHashMap<String, Counters>> counters =
      new ConcurrentHashMap<>();
  private final AtomicInteger pairs = new AtomicInteger();
  private final Map<CacheFault, LongAdder> faults = Counters.adders(CacheFault.values());
  private final LongAdder invalidations = new LongAdder();
  private final LongAdder sinkFailures = new LongAdder();

  /** Creates a recorder with all counters at zero. */
  public StatsRecorder(
      MetricsSink sink, PriceList prices, FaultLog faultLog, RandomGenerator random) {
    this.sink = sink;
    this.prices = prices;
    this.faultLog = faultLog;
    this.random = random;
  }

  /** Gives the sink the statistics that are not part of any call. */
  public void attach(Supplier<CacheStats> stats) {
    guarded(() -> sink.attached(stats));
  }

  /** Starts timing a call if there is a sink or the call is sampled. */
  public void time(CallRecord log) {
    boolean sampled = random.nextInt(SAMPLED_ONE_IN) == 0;
    if (sampled || tells()) {
      log.time(sampled ? SAMPLED_ONE_IN : 0);
    }
  }

  private boolean tells() {
    return sink != MetricsSink.none();
  }

  /**
   * Records a call that was answered.
   *
   * @param usd Bedrock's price for the answer, or NaN if unknown
   */
  public void answered(CallContext context, double usd, CallRecord log, CacheOutcome outcome) {
    record(context, log, outcome, false, usd);
  }

  /** Records a call that failed. Its price is unknown. */
  public void failed(CallContext context, CallRecord log, CacheOutcome outcome) {
    record(context, log, outcome, true, UNKNOWN);
  }

  /**
   * Records a call that the cache made in the background. It counts as a cost, because it saved no
   * caller a call.
   */
  public void background(
      CallContext context, double usd, CallRecord log, CacheOutcome outcome, boolean failed) {
    double model = outcome.cached() ? UNKNOWN : usd;
    double store = storeUsd(log);
    double saved = 0 - store - (Double.isNaN(model) ? 0 : model);
    Counters cell = counters(context);
    cell.putAway(outcome);
    cell.money(model, saved, true, !failed && !outcome.cached());
    log.eachFault(this::fault);
    if (tells()) {
      Ended ended = new Ended(context, log, outcome, failed);
      tell(ended, log.elapsed(), cost(model, store, saved), true);
    }
  }

  /** Returns Bedrock's price for an answer, or NaN if unknown. */
  public <R> double usd(
      CallContext context, CacheableOperation<?, R> operation, R response, CallRecord log) {
    return usd(prices, context, operation, response, log.usage());
  }

  /** Returns Bedrock's price for an answer with the given tokens, or NaN if unknown. */
  public static <R> double usd(
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

  /** A call that has ended, as the sink is told of it. */
  private record Ended(CallContext context, CallRecord log, CacheOutcome outcome, boolean failed) {}

  private void record(
      CallContext context, CallRecord log, CacheOutcome outcome, boolean failed, double model) {
    double store = storeUsd(log);
    double avoided = outcome.cached() && !Double.isNaN(model) ? model : log.savedUsd();
    double saved = avoided - store;
    Counters cell = counters(context);
    cell.count(outcome, failed);
    cell.money(model, saved, !outcome.cached(), !failed);
    Duration took = log.isTimed() ? log.latency() : Duration.ZERO;
    if (log.isTimed() && !failed && log.standsFor() > 0) {
      cell.latency(outcome, took, log.standsFor());
    }
    if (log.anyFault()) {
      log.eachFault(this::fault);
      log.eachFault(this::failedInside);
    } else if (outcome.cached() || outcome.kept() || outcome.stored()) {
      faultLog.worked();
    }
    if (tells()) {
      Ended ended = new Ended(context, log, outcome, failed);
      tell(ended, took, cost(model, store, saved), false);
    }
  }

  private void tell(Ended ended, Duration took, CallCost cost, boolean background) {
    CallContext context = ended.context();
    CallRecord log = ended.log();
    guarded(
        () ->
            sink.record(
                new CacheEvent(
                    context.operation(),
                    context.endpoint(),
                    context.modelId(),
                    ended.outcome(),
                    took,
                    log.usage(),
                    log.store(),
                    cost,
                    log.faults(),
                    ended.failed(),
                    background)));
  }

  /** Records an acknowledged invalidation and how many entries it removed. */
  public void invalidation(@Nullable String endpoint, long entries) {
    invalidations.increment();
    guarded(() -> sink.invalidated(endpoint == null ? "*" : endpoint, entries));
  }

  /** Counts a fault that belongs to no call: of an invalidation, or of the live settings. */
  public void faultOfNoCall(
      @Nullable String endpoint, CacheFault fault, @Nullable Throwable cause) {
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

  /** Counts and logs a fault. */
  public void fault(CacheFault fault, @Nullable Throwable cause) {
    adder(fault).increment();
    faultLog.fault(fault, cause);
  }

  private void failedInside(CacheFault fault, @Nullable Throwable cause) {
    if (fault == CacheFault.ENGINE_FAILED || fault == CacheFault.ENCODE_FAILED) {
      faultLog.failedInside(fault, cause);
    }
  }

  /** Logs an exception that is not a fault of a call. */
  public void noted(String what, Throwable broken) {
    faultLog.noted(what, broken);
  }

  /** Returns the counters so far, by endpoint and then by model. */
  public Map<String, Map<String, Counters>> counters() {
    Map<String, Map<String, Counters>> all = new HashMap<>();
    counters.forEach((endpoint, models) -> all.put(endpoint, Map.copyOf(models)));
    return all;
  }

  /** Returns how often a fault has occurred. */
  public long faults(CacheFault fault) {
    return adder(fault).sum();
  }

  /** Returns the number of acknowledged invalidations. */
  public long invalidations() {
    return invalidations.sum();
  }

  /** Returns how often the sink has thrown. */
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

  /**
   * Returns the table's value for a name, creating it if absent. If the table already holds {@code
   * most} names, all new names share one value.
   */
  static <T> T named(ConcurrentHashMap<String, T> table, String name, int most, Supplier<T> made) {
    T present = table.get(name);
    if (present != null) {
      return present;
    }
    String bounded = table.size() < most ? name : OTHERS;
    return table.computeIfAbsent(bounded, absent -> made.get());
  }
}
