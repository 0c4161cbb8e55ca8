package com.gymcoach.bedrock.cache;

import java.time.Duration;
import java.util.Map;

/**
 * What the cache would have done, had the mode been {@link CacheMode#ON} rather than {@link
 * CacheMode#OBSERVE}. Immutable.
 *
 * @param extent whose repeats were seen: of this process alone, or of all that share the store
 * @param total all endpoints together
 * @param byEndpoint by endpoint
 */
public record Observed(Extent extent, Would total, Map<String, Would> byEndpoint) {

  /** Whose repeats were seen. */
  public enum Extent {
    /** Those of this process: a fleet would find more. */
    PROCESS,
    /** Those of all processes that share the store and observe. */
    FLEET
  }

  /**
   * What would have happened.
   *
   * @param hotHits calls that memory would have answered
   * @param warmHits calls that the store would have answered
   * @param misses calls that would have gone to Bedrock
   * @param unpriced would-be hits whose tokens or price are not known: they count as no money
   * @param savedUsd what would have been saved, in USD, less the store's units
   * @param meanLatency what calls took on average
   * @param meanLatencyOn what they would have taken: nothing in memory, and in the store as long as
   *     its look-ups did, or nothing where it was not asked
   */
  public record Would(
      long hotHits,
      long warmHits,
      long misses,
      long unpriced,
      double savedUsd,
      Duration meanLatency,
      Duration meanLatencyOn) {

    /** Returns the share of would-be hits, 0 to 100; 0 where nothing was observed. */
    public double hitRatePercent() {
      long calls = hotHits + warmHits + misses;
      return calls == 0 ? 0 : 100.0 * (hotHits + warmHits) / calls;
    }
  }
}
