package com.gymcoach.bedrock.cache.spi.time;

import java.time.Instant;

/**
 * The two clocks that the cache reads: the wall clock, which all processes share, and elapsed time,
 * which cannot be set back. An entry has expired as soon as either clock says so. Implementations
 * must be thread-safe and must not block: every call reads a clock.
 */
public interface TimeSource {

  /** Returns the time of day. */
  Instant now();

  /** Returns the time of day in milliseconds since 1970. Defaults to that of {@link #now()}. */
  default long epochMillis() {
    return now().toEpochMilli();
  }

  /** Returns elapsed time in nanoseconds from an arbitrary origin, like {@link System#nanoTime}. */
  long nanoTime();

  /** Returns the machine's clocks. */
  static TimeSource system() {
    return SystemTime.INSTANCE;
  }
}
