package com.gymcoach.bedrock.cache;

import org.jspecify.annotations.Nullable;

/** The price tier at which Bedrock served a call. */
public enum PriceTier {
  /** On demand. */
  STANDARD,
  /** On demand, with {@code performanceConfig.latency} set to {@code optimized}. */
  LATENCY_OPTIMIZED,
  /** In a batch job. */
  BATCH,
  /** On demand, with {@code serviceTier} set to {@code flex}. */
  FLEX,
  /** On demand, with {@code serviceTier} set to {@code priority}. */
  PRIORITY,
  /** Any other {@code serviceTier}, or prompt-cache writes for an hour: no price is known. */
  OTHER;

  /**
   * Returns the tier named in a response.
   *
   * @param latency {@code performanceConfig.latency}, or null
   * @param serviceTier {@code serviceTier}, or null
   */
  public static PriceTier of(@Nullable String latency, @Nullable String serviceTier) {
    PriceTier tier =
        serviceTier == null
            ? STANDARD
            : switch (serviceTier) {
              case "default" -> STANDARD;
              case "flex" -> FLEX;
              case "priority" -> PRIORITY;
              default -> OTHER;
            };
    if (!"optimized".equals(latency)) {
      return tier;
    }
    return tier == STANDARD ? LATENCY_OPTIMIZED : OTHER;
  }
}
