package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.dynamodb.Caller.Way;
import java.util.concurrent.TimeUnit;

/**
 * How often a crash or a freeze is played: five times in a build, 200 times with {@code -Pcrashes}.
 * Each time has a seed of its own, {@code -Dcrashes.seed} the first.
 */
final class Rounds {
  private static final int IN_A_BUILD = 5;
  private static final int COUNT = Integer.getInteger("crashes.rounds", IN_A_BUILD);
  private static final long FIRST_SEED = Long.getLong("crashes.seed", 1);

  private Rounds() {}

  /** What is played once. */
  interface Round {
    void play(long seed) throws Exception;
  }

  /** Returns how often in all. */
  static int count() {
    return COUNT;
  }

  /** Returns whether there is time for what takes long. */
  static boolean many() {
    return COUNT > IN_A_BUILD;
  }

  /** Plays rounds; one client has its half of them. */
  static void play(String what, Way way, int count, Round round) {
    play(what + ", " + way, way == Way.SYNC ? (count + 1) / 2 : count / 2, round);
  }

  /** Plays rounds until one fails. */
  static void play(String what, int count, Round round) {
    long began = System.nanoTime();
    long said = began;
    for (int i = 0; i < count; i++) {
      long seed = FIRST_SEED + i;
      try {
        round.play(seed);
      } catch (Exception | AssertionError failed) {
        throw new AssertionError(
            what + ": failed with -Dcrashes.seed=" + seed + " -Dcrashes.rounds=2", failed);
      }
      long now = System.nanoTime();
      if (many() && (now - said > TimeUnit.SECONDS.toNanos(10) || i == count - 1)) {
        said = now;
        System.out.printf(
            "%s: %d of %d, %d s%n",
            what, i + 1, count, TimeUnit.NANOSECONDS.toSeconds(now - began));
      }
    }
  }
}
