package com.gymcoach.bedrock.examples.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Who asks what: users all as likely, prompts by Zipf's law. Thread-safe. */
final class Mix {
  /** Short enough that answers expire, and are asked for anew, while a load lasts. */
  static final Map<String, Duration> TTLS =
      Map.of(
          "chat", Duration.ofSeconds(30),
          "meal-plan", Duration.ofMinutes(2),
          "workout-plan", Duration.ofMinutes(10));

  private static final List<String> ENDPOINTS = List.of("chat", "meal-plan", "workout-plan");

  private final Options options;
  private final double[] cumulative;

  Mix(Options options) {
    this.options = options;
    this.cumulative = new double[options.prompts];
    double sum = 0;
    for (int i = 0; i < cumulative.length; i++) {
      sum += 1 / Math.pow(i + 1, options.zipf);
      cumulative[i] = sum;
    }
  }

  /** Returns a user. */
  String user(Random random) {
    return "user-" + random.nextInt(options.users);
  }

  /** Returns what is asked next. */
  Ask next(Random random) {
    double drawn = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, drawn);
    int prompt = found < 0 ? -found - 1 : found;
    return new Ask(
        user(random),
        ENDPOINTS.get(prompt % ENDPOINTS.size()),
        prompt,
        chance(random, options.streamsPercent));
  }

  /** Returns true so many times in a hundred. */
  static boolean chance(Random random, double percent) {
    return random.nextDouble() * 100 < percent;
  }
}
