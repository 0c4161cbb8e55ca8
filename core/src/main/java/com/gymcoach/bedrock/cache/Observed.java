package com.gymcoach.bedrock.cache;

import java.time.Duration;
import java.util.Map;

/**
 * The results that the cache would have had with mode {@link CacheMode#ON}, measured while it was
 * {@link CacheMode#OBSERVE}. Immutable.
 *
 * @param extent whether repeats were counted in this process only, or across all that share the
 *     store
 * @param total all endpoints together
 * @param byEndpoint by endpoint
 */
public record Observed(Extent extent, Would total, Map<String, Would> byEndpoint) {

  /** The processes across which repeats were counted. */
  public enum Extent {
    /** This process only: a fleet would find more repeats. */
    PROCESS,
    /** All processes that share the store and observe. */
    FLEET
  }

  /**
   * The counts and sums of the observed calls.
   *
   * @param hotHits calls that would have been answered from memory
   * @param warmHits calls that would have been answered from the store
   * @param misses calls that would have gone to Bedrock
   * @param unpriced would-be hits whose tokens or price are not known: they add nothing to the
   *     saving
   * @param savedUsd the saving in USD that would have been made, less the store's units
   * @param meanLatency the mean latency of the calls as they were
   * @param meanLatencyOn their mean latency with the cache on: a hot hit counts as zero, and any
   *     other call includes its look-up if the store was asked
   */
  public record Would(
      long hotHits,
      long warmHits,
      long misses,
      long unpriced,
      double savedUsd,
      Duration meanLatency,
      Duration meanLatencyOn) {

    /** Returns the percentage of would-be hits, 0 to 100; 0 if nothing was observed. */
    public double hitRatePercent() {
      long calls = hotHits + warmHits + misses;
      return calls == 0 ? 0 : 100.0 * (hotHits + warmHits) / calls;
    }
  }
}
