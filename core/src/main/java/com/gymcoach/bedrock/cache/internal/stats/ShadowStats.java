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
   * Records one call.
   *
   * @param units the store's read units and write units that the cache would have used
   */
  public void note(
      CallContext context,
      PriceTier tier,
      @Nullable TokenUsage usage,
      CacheSource source,
      double[] units,
      Duration byBedrock,
      Duration lookUp) {
    Sums sums =
        StatsRecorder.named(byEndpoint, context.endpoint(), StatsRecorder.MAX_ENDPOINTS, Sums::new);
    boolean hit = source != CacheSource.BEDROCK;
    (hit ? source == CacheSource.HOT ? sums.hot : sums.warm : sums.misses).increment();
    sums.savedUsd.add(-prices.storeUsd(units[0], units[1]));
    if (hit) {
      OptionalDouble price =
          usage == null ? OptionalDouble.empty() : prices.usd(context.modelId(), tier, usage);
      price.ifPresentOrElse(sums.savedUsd::add, sums.unpriced::increment);
    }
    sums.nanos.add(byBedrock.toNanos());
    sums.nanosWithCache.add(lookUp.toNanos() + (hit ? 0 : byBedrock.toNanos()));
  }

  /** Returns the sums so far, by endpoint. */
  public Map<String, Sums> byEndpoint() {
    return Map.copyOf(byEndpoint);
  }
}
