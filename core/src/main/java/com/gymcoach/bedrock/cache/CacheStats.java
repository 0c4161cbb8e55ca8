package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.Map;

/**
 * A snapshot of the cache's statistics since it was built: in total, by endpoint and by model.
 * Immutable.
 *
 * @param enabled whether the mode is {@link CacheMode#ON}
 * @param storeAvailable false while the store's circuit breaker is open, see {@link
 *     BedrockCache#storeAvailable()}
 * @param total all endpoints and models together
 * @param byEndpoint by endpoint; calls without one count under {@code default}
 * @param byModel by model id, as requests named it
 * @param faults how often each fault occurred without failing a call; faults that did not occur are
 *     left out
 * @param invalidations how many invalidations were acknowledged
 * @param sinkFailures how often the metrics sink threw
 * @param hotEntries how many answers are in memory
 * @param hotBytes how many bytes they occupy, as estimated
 * @param hotMaxBytes how many bytes they may occupy
 * @param observed what the cache would have done while the mode was {@link CacheMode#OBSERVE}
 * @param verifiedHits how hits compare with what Bedrock answers now
 */
public record CacheStats(
    boolean enabled,
    boolean storeAvailable,
    Counts total,
    Map<String, Counts> byEndpoint,
    Map<String, Counts> byModel,
    Map<CacheFault, Long> faults,
    long invalidations,
    long sinkFailures,
    long hotEntries,
    long hotBytes,
    long hotMaxBytes,
    Observed observed,
    VerifiedHits verifiedHits) {

  /**
   * Counts of calls.
   *
   * @param hotHits answered from memory
   * @param warmHits answered from the warm tier
   * @param staleHits hot and warm hits whose answer was past its TTL
   * @param coalesced answered by a leader's call
   * @param misses looked up and answered by Bedrock
   * @param bypasses calls that bypassed the cache
   * @param writes answers put into memory, the store or both
   * @param kept answers put into memory
   * @param stored answers put into the store and acknowledged by it in time
   * @param failures calls that ended in an exception
   * @param unpriced answered calls whose tokens or price are not known: they add nothing to the
   *     money figures
   * @param savedUsd the saving in USD: the price of calls not made, less the store's units and the
   *     calls that the cache made itself, to refresh a stale answer or verify a hit
   * @param bedrockUsd the cost of Bedrock's answers in USD, as far as they have a price
   * @param latency how long answered calls took, by the source of the answer; coalesced calls count
   *     under Bedrock
   * @param reasons why calls bypassed the cache, were not kept, or were served stale; also counts
   *     {@link CacheReason#OTHER_FORM} of answers that were kept
   */
  public record Counts(
      long hotHits,
      long warmHits,
      long staleHits,
      long coalesced,
      long misses,
      long bypasses,
      long writes,
      long kept,
      long stored,
      long failures,
      long unpriced,
      double savedUsd,
      double bedrockUsd,
      Map<CacheSource, Latency> latency,
      Map<CacheReason, Long> reasons) {

    /** Returns the number of calls that were answered without a call of their own to Bedrock. */
    public long hits() {
      return hotHits + warmHits + coalesced;
    }

    /** Returns the number of calls that were looked up. */
    public long requests() {
      return hits() + misses;
    }

    /**
     * Returns the percentage of looked-up calls that were hits, 0 to 100; 0 if no call was looked
     * up.
     */
    public double hitRatePercent() {
      return requests() == 0 ? 0 : 100.0 * hits() / requests();
    }
  }

  /**
   * The distribution of call latency, in whole microseconds. Percentiles are accurate to a
   * hundredth, or to a sixteenth after the first 32 pairs of endpoint and model. The count is
   * exact, but the times are a sample: only one in 16 of the memory hits that do not ask the store
   * is timed. If no call was timed, the times are zero.
   *
   * @param count how many calls were answered
   * @param timed how many of them were timed
   * @param p50 the median of the timed calls
   * @param p95 their 95th percentile
   * @param p99 their 99th percentile
   * @param max the longest timed call
   */
  public record Latency(
      long count, long timed, Duration p50, Duration p95, Duration p99, Duration max) {}

  /**
   * Returns the snapshot as a JSON object: counts, money, latency, faults and reasons, in total, by
   * endpoint and by model. {@code docs/metrics.md} lists the members.
   */
  public String toJson() {
    return StatsJson.of(this);
  }
}
