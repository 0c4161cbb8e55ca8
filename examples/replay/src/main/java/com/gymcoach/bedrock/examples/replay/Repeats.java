package com.gymcoach.bedrock.examples.replay;

import java.util.Locale;
import java.util.Random;

/**
 * Assigns users and prompts to calls whose trace names none. Each user has their own prompts, drawn
 * by Zipf's law: the k-th most frequent is drawn 1/k^s as often as the first.
 */
final class Repeats {
  private static final int PROMPTS = 200;

  private final int users;
  private final double exponent;
  private final double[] cumulative = new double[PROMPTS];
  private final Random random;

  Repeats(int users, double exponent, long seed) {
    this.users = users;
    this.exponent = exponent;
    this.random = new Random(seed);
    double sum = 0;
    for (int k = 0; k < PROMPTS; k++) {
      sum += Math.pow(k + 1, -exponent);
      cumulative[k] = sum;
    }
  }

  /** Returns a call with a random user and prompt. */
  Ask ask(long millis, int inputTokens, int outputTokens) {
    int user = random.nextInt(users);
    return new Ask(millis, "user-" + user, "chat", "prompt-" + prompt(), inputTokens, outputTokens);
  }

  private int prompt() {
    double drawn = random.nextDouble() * cumulative[PROMPTS - 1];
    int k = 0;
    while (cumulative[k] < drawn) {
      k++;
    }
    return k;
  }

  String describe() {
    return String.format(
        Locale.ROOT,
        "assumed, the trace tells no prompts apart: %d users with %d prompts each, repeated by"
            + " Zipf's law with exponent %.2f",
        users,
        PROMPTS,
        exponent);
  }
}
