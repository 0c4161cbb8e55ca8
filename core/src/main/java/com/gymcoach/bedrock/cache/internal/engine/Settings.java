package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a cache was built with, checked and complete.
 *
 * @param keyGenerator null for the default key
 * @param keySecret what keys and principals are digested under
 * @param keyMemoMaxBytes how many bytes of recent requests may be held, zero for none
 * @param baseModels the models behind ids that do not tell theirs
 * @param ignoredOverrides names of headers, query parameters and execution attributes, in lower
 *     case, that cannot change an answer
 * @param observesFleet whether digests are noted in the store when the mode is OBSERVE
 * @param revalidator where stale answers are asked for anew
 * @param elsewhere where goes on what must not run on the thread at hand; it takes every task
 * @param random what jitter is drawn from, 0 to 1
 */
public record Settings(
    String namespace,
    TtlPolicy ttlPolicy,
    CachePolicy cachePolicy,
    @Nullable KeyGenerator keyGenerator,
    KeySecret keySecret,
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

  /** Returns whether the markers behind a fence were last read too long ago for a hit. */
  boolean verificationDue(Fence fence, String endpoint, long epochMillis) {
    return fence.unverifiedFor(time.nanoTime(), epochMillis)
        >= invalidationDelay(endpoint).toNanos();
  }

  /** Returns whether what is behind a fence may be served while nobody can read its markers. */
  boolean mayGoUnverified(Fence fence) {
    return fence.unverifiedFor(time.nanoTime(), time.epochMillis()) < maxUnverified.toNanos();
  }

  /** Returns how long another process's invalidation may go unnoticed here. */
  Duration invalidationDelay(String endpoint) {
    return invalidationDelays.getOrDefault(endpoint, invalidationDelay);
  }
}
