package com.gymcoach.bedrock.examples.quickstart;

import static java.util.Map.entry;

import com.gymcoach.bedrock.cache.TtlPolicy;
import java.time.Duration;
import java.util.Map;

/** How long GymCoach keeps an answer, by endpoint. */
final class GymCoachTtls {
  private static final Map<String, Duration> BY_ENDPOINT =
      Map.ofEntries(
          entry("chat", Duration.ofHours(1)),
          entry("workout-plan", Duration.ofDays(1)),
          entry("meal-plan", Duration.ofDays(1)),
          entry("progress-analysis", Duration.ofMinutes(30)),
          entry("form-check", Duration.ofHours(2)),
          entry("motivation", Duration.ofHours(1)),
          entry("nutrition-analysis", Duration.ofHours(1)),
          entry("macro-calculation", Duration.ofDays(1)),
          entry("workout-adaptation", Duration.ofHours(2)),
          entry("exercise-substitution", Duration.ofHours(12)),
          entry("performance-analysis", Duration.ofHours(1)),
          entry("personalization", Duration.ofHours(2)),
          entry("memory", Duration.ofMinutes(30)));

  private GymCoachTtls() {}

  /** Returns the policy: an hour for any endpoint that is not named. */
  static TtlPolicy gymCoach() {
    return TtlPolicy.byEndpoint(BY_ENDPOINT, Duration.ofHours(1));
  }
}
