package com.gymcoach.bedrock.cache;

/** Whether the cache takes part. */
public enum CacheMode {
  /** Answers are looked up and kept. */
  ON,
  /** Every call goes straight to the client, untouched and untagged. */
  OFF,
  /**
   * Every call goes to Bedrock, and the cache tells what it would have done: {@link
   * CacheStats#observed()}. It keeps digests and sizes of answers, and none of them.
   */
  OBSERVE;

  private static final String VARIABLE = "CACHE_ENABLED";

  /**
   * Returns the mode that the environment asks for: {@link #OFF} where the variable {@code
   * CACHE_ENABLED} is {@code false}, in any case; else {@link #ON}. For {@code
   * mode(CacheMode::fromEnvironment)}.
   */
  public static CacheMode fromEnvironment() {
    return "false".equalsIgnoreCase(System.getenv(VARIABLE)) ? OFF : ON;
  }
}
