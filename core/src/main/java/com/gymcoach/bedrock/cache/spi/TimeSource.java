package com.gymcoach.bedrock.cache.spi;

import java.time.Instant;

/**
 * The two clocks that the cache reads: the wall clock, which instances share, and elapsed time,
 * which nobody can set back. An entry has expired when either says so.
 */
public interface TimeSource {

  /** Returns the time of day. */
  Instant now();

  /** Returns the time of day in milliseconds since 1970. By default that of {@link #now()}. */
  default long epochMillis() {
    return now().toEpochMilli();
  }

  /** Returns elapsed time in nanoseconds from an arbitrary origin, as {@link System#nanoTime}. */
  long nanoTime();

  /** Returns the machine's own clocks. */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }
}
