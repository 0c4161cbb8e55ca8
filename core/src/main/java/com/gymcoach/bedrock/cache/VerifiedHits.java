package com.gymcoach.bedrock.cache;

import java.util.Map;

/**
 * How hits compare with what Bedrock answers now, as far as they were verified. {@code
 * docs/verified-hits.md} says how to read it. Immutable.
 *
 * @param percent the share of hits that is picked, in percent; 0 if none are verified
 * @param total all endpoints together
 * @param byEndpoint by endpoint
 */
public record VerifiedHits(double percent, Counts total, Map<String, Counts> byEndpoint) {

  /**
   * Counts of picked hits. The first four are the compared ones; each counts once, under the first
   * that applies.
   *
   * @param equal every part of the answer is equal, apart from ids, token counts and times
   * @param sameText the visible text is equal; something else differs, such as the reasoning
   * @param sameJson both texts are JSON, and equal but for white space and the order of members
   * @param different none of these
   * @param meanOverlap the mean share of words that different answers have in common, 0 to 1; NaN
   *     if there are none with a text
   * @param failed Bedrock's call failed, or its answer could not be compared
   * @param skipped the budget was used up, too many checks were waiting, or the cached answer
   *     expired or was invalidated first
   * @param costUsd what the calls cost in USD, as far as they have a price; already subtracted from
   *     {@link CacheStats.Counts#savedUsd()}
   */
  public record Counts(
      long equal,
      long sameText,
      long sameJson,
      long different,
      double meanOverlap,
      long failed,
      long skipped,
      double costUsd) {

    /** Returns the number of hits whose answer was compared. */
    public long compared() {
      return equal + sameText + sameJson + different;
    }

    /** Returns the share of compared hits whose answer was equal. */
    public Share equalShare() {
      return new Share(equal, compared());
    }

    /** Returns the share of compared hits whose answer was equal, or the same text or JSON. */
    public Share sameShare() {
      return new Share(equal + sameText + sameJson, compared());
    }
  }

  /**
   * A share of a sample, and how far the share of all hits may be from it: Wilson's score interval
   * at 95 % (Wilson 1927; Brown, Cai and DasGupta 2001 recommend it for small samples). It assumes
   * that the hits of the sample are independent.
   *
   * @param count the sampled hits that count
   * @param of all sampled hits
   */
  public record Share(long count, long of) {
    /** The normal distribution's quantile at 97.5 %. */
    private static final double Z = 1.959963984540054;

    /** Returns the share of the sample in percent; NaN if the sample is empty. */
    public double percent() {
      return of == 0 ? Double.NaN : 100.0 * count / of;
    }

    /** Returns the lower end of the interval in percent; 0 if the sample is empty. */
    public double lowPercent() {
      return count == 0 ? 0 : Math.max(0, 100 * (center() - halfWidth()));
    }

    /** Returns the upper end of the interval in percent; 100 if the sample is empty. */
    public double highPercent() {
      return count == of ? 100 : Math.min(100, 100 * (center() + halfWidth()));
    }

    private double center() {
      return (count + Z * Z / 2) / (of + Z * Z);
    }

    private double halfWidth() {
      double others = of - count;
      return Z / (of + Z * Z) * Math.sqrt(count * others / of + Z * Z / 4);
    }
  }
}
