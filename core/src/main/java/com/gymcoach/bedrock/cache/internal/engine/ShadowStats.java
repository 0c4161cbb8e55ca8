package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What the cache would have done, by endpoint. Thread-safe. */
public final class ShadowStats {
  private final PriceList prices;
  private final ConcurrentHashMap<String, Sums> byEndpoint = new ConcurrentHashMap<>();

  ShadowStats(PriceList prices) {
    this.prices = prices;
  }

  /** Of one endpoint. */
  public static final class Sums {
    private final LongAdder hot = new LongAdder();
    private final LongAdder warm = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder unpriced = new LongAdder();
    private final DoubleAdder savedUsd = new DoubleAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAdder nanosWithCache = new LongAdder();

    /** Returns the calls that memory would have answered. */
    public long hot() {
      return hot.sum();
    }

    /** Returns the calls that the store would have answered. */
    public long warm() {
      return warm.sum();
    }

    /** Returns the calls that would have gone to Bedrock. */
    public long misses() {
      return misses.sum();
    }

    /** Returns the would-be hits whose tokens or price are not known. */
    public long unpriced() {
      return unpriced.sum();
    }

    /** Returns what would have been saved, in USD, the store's units taken off. */
    public double savedUsd() {
      return savedUsd.sum();
    }

    /** Returns how long Bedrock took for all. */
    public long nanos() {
      return nanos.sum();
    }

    /** Returns how long all would have taken. */
    public long nanosWithCache() {
      return nanosWithCache.sum();
    }
  }

  /**
   * Notes one call.
   *
   * @param units the store's, read and written, that the cache would have used
   */
  void note(
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
