package com.gymcoach.bedrock.cache;

import org.jspecify.annotations.Nullable;

/** At which of a model's prices Bedrock served a call. */
public enum PriceTier {
  /** On demand. */
  STANDARD,
  /** On demand, {@code performanceConfig.latency} being {@code optimized}. */
  LATENCY_OPTIMIZED,
  /** In a batch job. */
  BATCH,
  /** On demand, {@code serviceTier} being {@code flex}. */
  FLEX,
  /** On demand, {@code serviceTier} being {@code priority}. */
  PRIORITY,
  /** Any other {@code serviceTier}, or prompt-cache writes for an hour: no price is known. */
  OTHER;

  /**
   * Returns the tier that a response names.
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
