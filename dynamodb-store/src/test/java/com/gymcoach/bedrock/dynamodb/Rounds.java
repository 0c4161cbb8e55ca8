package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.dynamodb.Caller.Way;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How often a crash or a freeze is run: five times in a build, 200 times with {@code -Pcrashes}.
 * Each run has a different seed; {@code -Dcrashes.seed} sets the first.
 */
final class Rounds {
  private static final int IN_A_BUILD = 5;
  private static final int COUNT = Integer.getInteger("crashes.rounds", IN_A_BUILD);
  private static final long FIRST_SEED = Long.getLong("crashes.seed", 1);

  private Rounds() {}

  /** One run. */
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

  /** Runs a client's half of the rounds until one fails; the two clients alternate the seeds. */
  static void play(String fault, Way way, int all, Round round) {
    String what = fault + ", " + way;
    int count = way == Way.SYNC ? (all + 1) / 2 : all / 2;
    long began = System.nanoTime();
    long said = began;
    for (int i = 0; i < count; i++) {
      long first = FIRST_SEED + 2L * i;
      try {
        round.play(way == Way.SYNC ? first : first + 1);
      } catch (Exception | AssertionError failed) {
        throw new AssertionError(
            what + ": failed with -Dcrashes.seed=" + first + " -Dcrashes.rounds=2", failed);
      }
      long now = System.nanoTime();
      if (now - said > TimeUnit.SECONDS.toNanos(10) || i == count - 1) {
        said = now;
        long seconds = TimeUnit.NANOSECONDS.toSeconds(now - began);
        say(String.format(Locale.ROOT, "%s: %d of %d, %d s", what, i + 1, count, seconds));
      }
    }
  }

  /** Says how it goes, where there are many. */
  static void say(String line) {
    if (many()) {
      System.out.println(line);
    }
  }
}
