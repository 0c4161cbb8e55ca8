package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import java.time.Duration;
import java.util.Map;

/**
 * What the cache has done since it was built: a snapshot, whole, by endpoint and by model.
 * Immutable.
 *
 * @param enabled whether the mode is {@link CacheMode#ON}
 * @param total all endpoints and models together
 * @param byEndpoint by endpoint; calls without one count under {@code default}
 * @param byModel by the model as requests named it
 * @param faults what went wrong without a caller noticing; faults not seen are left out
 * @param invalidations how many invalidations were acknowledged
 * @param sinkFailures how often the metrics sink threw
 * @param hotEntries how many answers are in memory
 * @param hotBytes how many bytes they are taken to hold
 * @param hotMaxBytes how many bytes they may hold
 * @param observed what the cache would have done while the mode was {@link CacheMode#OBSERVE}
 */
public record CacheStats(
    boolean enabled,
    Counts total,
    Map<String, Counts> byEndpoint,
    Map<String, Counts> byModel,
    Map<CacheFault, Long> faults,
    long invalidations,
    long sinkFailures,
    long hotEntries,
    long hotBytes,
    long hotMaxBytes,
    Observed observed) {

  /**
   * Counts of calls.
   *
   * @param hotHits answered from memory
   * @param warmHits answered from the warm tier
   * @param staleHits those of the two whose answer's life had ended
   * @param coalesced answered by another caller's call
   * @param misses looked up and answered by Bedrock
   * @param bypasses past the cache
   * @param writes answers put into memory, into the store or into both
   * @param kept answers put into memory
   * @param stored answers put into the store, which acknowledged it in time
   * @param failures calls that ended in an exception
   * @param unpriced answered calls whose tokens or price are not known: they count as no money
   * @param savedUsd what was saved, in USD: the price of calls not made, less the store's units
   * @param bedrockUsd what Bedrock's answers cost, in USD, as far as they have a price
   * @param latency how long answered calls took, by where their answer came from; one that shared
   *     another's counts with Bedrock's
   * @param reasons why calls went past the cache, were not kept, or were served stale
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

    /** Returns the calls that Bedrock was spared. */
    public long hits() {
      return hotHits + warmHits + coalesced;
    }

    /** Returns the calls that were looked up. */
    public long requests() {
      return hits() + misses;
    }

    /** Returns the share of hits in the calls that were looked up, 0 to 100; 0 where none were. */
    public double hitRatePercent() {
      return requests() == 0 ? 0 : 100.0 * hits() / requests();
    }
  }

  /**
   * How long calls took, in whole microseconds; within a hundredth, or a sixteenth after the first
   * 32 pairs of an endpoint and a model. The count is exact, the times are those of a sample:
   * unless a sink is told of calls, one in sixteen of the hits that ask nobody is timed. While none
   * was, the times are zero.
   *
   * @param count the answered calls
   * @param timed how many of them were timed
   * @param p50 half of the timed calls took no longer
   * @param p95 nineteen of twenty
   * @param p99 ninety-nine of a hundred
   * @param max none of them took longer
   */
  public record Latency(
      long count, long timed, Duration p50, Duration p95, Duration p99, Duration max) {}

  /**
   * Returns the snapshot as a JSON object: the members of GymCoach's {@code /api/ai/cache/stats},
   * and beyond them money, latency, faults and reasons, whole and by endpoint and model. {@code
   * docs/metrics.md} lists them.
   */
  public String toJson() {
    return StatsJson.of(this);
  }
}
