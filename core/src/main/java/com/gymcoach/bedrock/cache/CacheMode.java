package com.gymcoach.bedrock.cache;

/** Says whether calls use the cache. */
public enum CacheMode {
  /** Answers are looked up and cached. */
  ON,
  /** Every call goes directly to the wrapped client. Neither request nor response is changed. */
  OFF,
  /**
   * Every call goes to Bedrock, and {@link CacheStats#observed()} reports what the cache would have
   * done. The cache keeps digests and sizes of answers, but no answers.
   */
  OBSERVE;

  private static final String VARIABLE = "CACHE_ENABLED";

  /**
   * Returns the mode set in the environment: {@link #OFF} if the variable {@code CACHE_ENABLED} is
   * {@code false}, ignoring case; otherwise {@link #ON}. Pass it to the builder as {@code
   * mode(CacheMode::fromEnvironment)}.
   */
  public static CacheMode fromEnvironment() {
    return "false".equalsIgnoreCase(System.getenv(VARIABLE)) ? OFF : ON;
  }
}
