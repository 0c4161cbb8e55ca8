package com.gymcoach.bedrock.cache.spi.time;

import java.time.Duration;
import java.time.Instant;

/**
 * A period in which a store sends no requests. It ends as soon as either clock says so: elapsed
 * time stops while a machine is frozen, and the wall clock can be set back.
 *
 * @param nanosAtStart the elapsed time at its start
 * @param start its start
 * @param length its length
 */
public record Pause(long nanosAtStart, Instant start, Duration length) {

  /** Returns a pause that begins now. */
  public static Pause of(Duration length, TimeSource time) {
    return new Pause(time.nanoTime(), time.now(), length);
  }

  /** Returns whether it has ended. */
  public boolean isOver(TimeSource time) {
    return time.nanoTime() - nanosAtStart >= length.toNanos()
        || Duration.between(start, time.now()).compareTo(length) >= 0;
  }
}
