package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.engine.Settings;
import org.jspecify.annotations.Nullable;

/**
 * Says which hits are verified, for {@link BedrockCacheBuilder#verifyHits(HitVerification)}, and
 * how much that may cost. Immutable.
 *
 * <pre>{@code
 * HitVerification onePercent =
 *     HitVerification.ofPercent(1).withCallsPerHour(20).withUsdPerHour(0.10);
 * }</pre>
 */
public final class HitVerification {
  private static final int DEFAULT_CALLS = 60;
  private static final double DEFAULT_USD = 1;

  /** Set in every function of AWS Lambda. */
  private static final String FUNCTION = "AWS_LAMBDA_FUNCTION_NAME";

  /** A share of zero, which verifies nothing. */
  static final HitVerification NONE = new HitVerification(0, DEFAULT_CALLS, DEFAULT_USD, true);

  private final double percent;
  private final int callsPerHour;
  private final double usdPerHour;
  private final boolean background;

  private HitVerification(double percent, int callsPerHour, double usdPerHour, boolean background) {
    this.percent = percent;
    this.callsPerHour = callsPerHour;
    this.usdPerHour = usdPerHour;
    this.background = background;
  }

  /**
   * Returns the verification of a share of hits, picked at random: at most 60 calls and 1 USD in an
   * hour, made in the background, or in AWS Lambda only during {@link BedrockCache#flush}.
   *
   * @param percent the share, in percent; 0 verifies none
   * @throws IllegalArgumentException if it is not from 0 to 100
   */
  public static HitVerification ofPercent(double percent) {
    require(percent >= 0 && percent <= 100, "percent is " + percent + ": choose from 0 to 100");
    return new HitVerification(
        percent, DEFAULT_CALLS, DEFAULT_USD, System.getenv(FUNCTION) == null);
  }

  /**
   * Returns this verification with another limit of calls. An hour begins with its first call.
   *
   * @param calls the most calls to Bedrock in an hour; each may be several requests if the wrapped
   *     client retries
   * @throws IllegalArgumentException if it is below 1
   */
  public HitVerification withCallsPerHour(int calls) {
    require(calls >= 1, "callsPerHour is " + calls + ": choose 1 or more");
    return new HitVerification(percent, calls, usdPerHour, background);
  }

  /**
   * Returns this verification with another limit of cost. No call is made that would exceed it if
   * it cost what the cached answer did. Calls without a known price cost nothing here: only their
   * number is limited.
   *
   * @param usd the most USD that the calls may cost in an hour, by the cache's {@link PriceList}
   * @throws IllegalArgumentException if it is not above zero
   */
  public HitVerification withUsdPerHour(double usd) {
    require(usd > 0, "usdPerHour is " + usd + ": choose more than 0");
    return new HitVerification(percent, callsPerHour, usd, background);
  }

  /**
   * Returns this verification with calls made in the background, or only during {@link
   * BedrockCache#flush}. Defaults to true, and in AWS Lambda to false: an environment may be frozen
   * as soon as it has responded.
   */
  public HitVerification withBackground(boolean inBackground) {
    return new HitVerification(percent, callsPerHour, usdPerHour, inBackground);
  }

  /** Returns the settings for the engine, or null if nothing is verified. */
  Settings.@Nullable Verifying settings() {
    return percent == 0
        ? null
        : new Settings.Verifying(percent, callsPerHour, usdPerHour, background);
  }

  private static void require(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
