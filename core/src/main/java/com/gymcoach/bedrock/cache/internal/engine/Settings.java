package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The complete settings of a cache, as its builder has checked them. */
public record Settings(
    Policies policies, Keys keys, Tiering tiers, Streams streams, Rollout rollout) {

  /**
   * The settings of admission, TTLs and prices.
   *
   * @param baseModels the base models behind model ids that do not name theirs
   */
  public record Policies(
      TtlPolicy ttl, CachePolicy admission, PriceList prices, Map<String, String> baseModels) {}

  /**
   * The settings of the key.
   *
   * @param generator the service's key generator, or null for the default key
   * @param digests how keys and principals are digested, under a secret or without
   * @param memoMaxBytes the most bytes of recent requests held in memory, or 0 for none
   * @param ignoredOverrides names of headers, query parameters and execution attributes, in lower
   *     case, that cannot change an answer
   */
  public record Keys(
      String namespace,
      @Nullable KeyGenerator generator,
      KeyDigests digests,
      long memoMaxBytes,
      Set<String> ignoredOverrides) {}

  /**
   * How memory works with the store.
   *
   * @param hotMaxAge how long an answer stays in memory before it is read from the store again
   * @param invalidationDelay the longest time that another process's invalidation may go unnoticed
   * @param invalidationDelays the same for single endpoints
   * @param maxUnverified the longest time for which answers in memory are served while the store
   *     cannot confirm them
   */
  public record Tiering(
      long hotMaxBytes,
      Duration hotMaxAge,
      Duration invalidationDelay,
      Map<String, Duration> invalidationDelays,
      Duration maxUnverified) {

    /** Returns the longest time that another process's invalidation may go unnoticed here. */
    Duration invalidationDelay(String endpoint) {
      return invalidationDelays.getOrDefault(endpoint, invalidationDelay);
    }
  }

  /**
   * Which streams are copied.
   *
   * @param maxBytes the largest stream that is cached
   * @param finishAbandoned whether a stream is read to its end after its last caller has left
   */
  public record Streams(long maxBytes, boolean finishAbandoned) {}

  /**
   * The settings of the rollout.
   *
   * @param percent the share of users served by the cache
   * @param observesFleet whether digests are written to the store when the mode is OBSERVE
   * @param verifying which hits are verified, or null for none
   */
  public record Rollout(
      Supplier<CacheMode> mode,
      Supplier<Double> percent,
      boolean observesFleet,
      @Nullable Verifying verifying) {}

  /**
   * Which hits are verified.
   *
   * @param percent the share of hits, in percent
   * @param callsPerHour the most calls to Bedrock in an hour
   * @param usdPerHour the most USD that the calls may cost in an hour, as far as they have a price
   * @param inBackground whether calls are made at any time, or only while a flush waits for them
   */
  public record Verifying(
      double percent, int callsPerHour, double usdPerHour, boolean inBackground) {}
}
