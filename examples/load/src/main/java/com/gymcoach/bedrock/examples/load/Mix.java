package com.gymcoach.bedrock.examples.load;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Draws requests: users uniformly, prompts by Zipf's law. Thread-safe. */
final class Mix {
  private final Options options;
  private final List<String> endpoints;
  private final double[] cumulative;

  Mix(Options options) {
    this.options = options;
    this.endpoints = List.copyOf(options.ttls.keySet());
    this.cumulative = new double[options.prompts];
    double sum = 0;
    for (int i = 0; i < cumulative.length; i++) {
      sum += 1 / Math.pow(i + 1, options.zipf);
      cumulative[i] = sum;
    }
  }

  /** Returns a random user. */
  String user(Random random) {
    return "user-" + random.nextInt(options.users);
  }

  /** Returns the next request. */
  Ask next(Random random) {
    double drawn = random.nextDouble() * cumulative[cumulative.length - 1];
    int found = Arrays.binarySearch(cumulative, drawn);
    int prompt = found < 0 ? -found - 1 : found;
    return new Ask(
        user(random),
        endpoints.get(prompt % endpoints.size()),
        prompt,
        Operation.of(
            chance(random, options.invokeModelPercent), chance(random, options.streamsPercent)),
        options.promptLength);
  }

  /** Returns true with the given probability, in percent. */
  static boolean chance(Random random, double percent) {
    return random.nextDouble() * 100 < percent;
  }
}
