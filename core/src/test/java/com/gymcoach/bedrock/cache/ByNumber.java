package com.gymcoach.bedrock.cache;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How many cases the tests with the tag {@code by-number} try: few in a build, many with {@code
 * -Pby-number}. Each number has a separate system property.
 */
public final class ByNumber {
  /** The tag of such tests. */
  public static final String TAG = "by-number";

  private ByNumber() {}

  /** Returns the number of cases, {@code by-number.<what>} if that is set. */
  public static int cases(String what, int inABuild) {
    return Integer.getInteger(TAG + "." + what, inABuild);
  }

  /** Prints a result, for {@code docs/assurance.md}. */
  public static void report(String result, long beganNanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNanos);
    System.out.printf(Locale.ROOT, "%s, in %.1f s%n", result, millis / 1000.0);
  }
}
