package com.gymcoach.bedrock.examples.replay.logs;

import java.time.Duration;

/**
 * The equal periods into which the log's time is divided: hours if it is short, otherwise days, and
 * so on, so that there are at most {@value #MOST}.
 *
 * @param first the time of the first call, in milliseconds
 * @param length the length of a period, in milliseconds
 * @param count how many there are
 * @param span the time from the first call to the last one, in milliseconds
 */
record Periods(long first, long length, int count, long span) {
  static final int MOST = 400;

  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = Duration.ofDays(1).toMillis();
  private static final double MONTH = Duration.ofDays(30).toMillis();

  static Periods of(long first, long last) {
    long span = last - first;
    long length = HOUR;
    if (span / length >= MOST) {
      length = DAY;
    }
    while (span / length >= MOST) {
      length *= 7;
    }
    return new Periods(first, length, (int) (span / length) + 1, span);
  }

  int of(long millis) {
    return (int) ((millis - first) / length);
  }

  boolean areHours() {
    return length == HOUR;
  }

  /**
   * Returns whether there are enough for an interval: of a part of a day, none is worth its name.
   */
  boolean areEnough() {
    return !areHours() || count >= 24;
  }

  /** Returns the periods that are drawn together for the interval. */
  int block() {
    int cycle = areHours() ? 24 : length == DAY ? 7 : 1;
    return count >= 3 * cycle && cycle > 1 ? cycle : (int) Math.ceil(Math.cbrt(count));
  }

  /** Returns by what a sum over the log is multiplied to get one over 30 days. */
  double toMonth() {
    return MONTH / Math.max(span, HOUR);
  }
}
