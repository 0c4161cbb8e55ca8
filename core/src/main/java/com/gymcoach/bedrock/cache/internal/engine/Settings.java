package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The validated, complete settings of a cache.
 *
 * @param keyGenerator the service's key generator, or null for the default key
 * @param keySecret the digests of keys and principals under the secret
 * @param keyMemoMaxBytes the most bytes of recent requests held in memory, or 0 for none
 * @param baseModels the base models behind model ids that do not name theirs
 * @param ignoredOverrides names of headers, query parameters and execution attributes, in lower
 *     case, that cannot change an answer
 * @param observesFleet whether digests are written to the store when the mode is OBSERVE
 * @param revalidator the executor that refreshes stale answers
 * @param elsewhere the executor for tasks that must not run on the current thread; never rejects a
 *     task
 * @param random the source of jitter, from 0 to 1
 */
public record Settings(
    String namespace,
    TtlPolicy ttlPolicy,
    CachePolicy cachePolicy,
    @Nullable KeyGenerator keyGenerator,
    KeyDigests keySecret,
    long keyMemoMaxBytes,
    MetricsSink metricsSink,
    PriceList priceList,
    Map<String, String> baseModels,
    long hotMaxBytes,
    Duration hotMaxAge,
    boolean observesFleet,
    Duration invalidationDelay,
    Map<String, Duration> invalidationDelays,
    Duration maxUnverified,
    Set<String> ignoredOverrides,
    TimeSource time,
    Executor revalidator,
    Executor elsewhere,
    DoubleSupplier random) {

  /** Returns whether a fence's markers were last read too long ago to serve a hit. */
  boolean verificationDue(Fence fence, String endpoint, long epochMillis) {
    return fence.unverifiedFor(time.nanoTime(), epochMillis)
        >= invalidationDelay(endpoint).toNanos();
  }

  /** Returns whether answers under a fence may be served while its markers cannot be read. */
  boolean mayGoUnverified(Fence fence) {
    return fence.unverifiedFor(time.nanoTime(), time.epochMillis()) < maxUnverified.toNanos();
  }

  /** Returns the longest time that another process's invalidation may go unnoticed here. */
  Duration invalidationDelay(String endpoint) {
    return invalidationDelays.getOrDefault(endpoint, invalidationDelay);
  }
}
