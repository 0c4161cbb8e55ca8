package com.gymcoach.bedrock.cache.internal.stats;

import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Statistics of what the cache would have done, by endpoint. Thread-safe. */
public final class ShadowStats {
  private final PriceList prices;
  private final ConcurrentHashMap<String, Sums> byEndpoint = new ConcurrentHashMap<>();

  public ShadowStats(PriceList prices) {
    this.prices = prices;
  }

  /** The sums of one endpoint. */
  public static final class Sums {
    private final LongAdder hot = new LongAdder();
    private final LongAdder warm = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder unpriced = new LongAdder();
    private final DoubleAdder savedUsd = new DoubleAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder nanosWithCache = new LongAdder();

    /** Returns the number of calls that memory would have answered. */
    public long hot() {
      return hot.sum();
    }

    /** Returns the number of calls that the store would have answered. */
    public long warm() {
      return warm.sum();
    }

    /** Returns the number of calls that would have gone to Bedrock. */
    public long misses() {
      return misses.sum();
    }

    /** Returns the number of would-be hits whose tokens or price are unknown. */
    public long unpriced() {
      return unpriced.sum();
    }

    /**
     * Returns the savings the cache would have made, in USD, minus the cost of the store's units.
     */
    public double savedUsd() {
      return savedUsd.sum();
    }

    /** Returns the total time of all calls at Bedrock, in nanoseconds. */
    public long nanos() {
      return nanos.sum();
    }

    /** Returns the total time that all calls would have taken with the cache, in nanoseconds. */
    public long nanosWithCache() {
      return nanosWithCache.sum();
    }
  }

  /**
   * The cache's prediction for one call.
   *
   * @param readUnits the store's read units that it would have used
   * @param writeUnits the store's write units that it would have used
   * @param byBedrock how long Bedrock took
   * @param lookUp how long the look-up took
   */
  public record Observed(
      CacheSource source,
      double readUnits,
      double writeUnits,
      Duration byBedrock,
      Duration lookUp) {}

  /** Records one call. */
  public void note(
      CallContext context, PriceTier tier, @Nullable TokenUsage usage, Observed observed) {
    Sums sums =
        StatsRecorder.named(byEndpoint, context.endpoint(), StatsRecorder.MAX_ENDPOINTS, Sums::new);
    CacheSource source = observed.source();
    boolean hit = source != CacheSource.BEDROCK;
    (hit ? source == CacheSource.HOT ? sums.hot : sums.warm : sums.misses).increment();
    sums.savedUsd.add(-prices.storeUsd(observed.readUnits(), observed.writeUnits()));
    if (hit) {
      OptionalDouble price =
          usage == null ? OptionalDouble.empty() : prices.usd(context.modelId(), tier, usage);
      price.ifPresentOrElse(sums.savedUsd::add, sums.unpriced::increment);
    }
    sums.nanos.add(observed.byBedrock().toNanos());
    sums.nanosWithCache.add(
        observed.lookUp().toNanos() + (hit ? 0 : observed.byBedrock().toNanos()));
  }

  /** Returns the sums so far, by endpoint. */
  public Map<String, Sums> byEndpoint() {
    return Map.copyOf(byEndpoint);
  }
}
