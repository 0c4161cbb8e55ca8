package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import java.util.Map;

/**
 * What the cache has done since it was built: a snapshot, whole and by endpoint. Immutable.
 *
 * @param enabled whether the mode is {@link CacheMode#ON}
 * @param total all endpoints together
 * @param byEndpoint by endpoint; calls without one count under {@code default}
 * @param faults what went wrong without a caller noticing; faults not seen are left out
 * @param invalidations how many invalidations were acknowledged
 * @param sinkFailures how often the metrics sink threw
 * @param hotEntries how many answers are in memory
 * @param hotBytes how many bytes they are taken to hold
 * @param hotMaxBytes how many bytes they may hold
 */
public record CacheStats(
    boolean enabled,
    Counts total,
    Map<String, Counts> byEndpoint,
    Map<CacheFault, Long> faults,
    long invalidations,
    long sinkFailures,
    long hotEntries,
    long hotBytes,
    long hotMaxBytes) {

  /**
   * Counts of calls.
   *
   * @param hotHits answered from memory
   * @param warmHits answered from the warm tier
   * @param staleHits those of the two whose answer's life had ended
   * @param coalesced answered by another caller's call
   * @param misses looked up and answered by Bedrock
   * @param bypasses past the cache
   * @param writes answers kept
   * @param failures calls that ended in an exception
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
      long failures,
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
}
