package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * A time in which the table is left alone. It is over as soon as either clock says so: elapsed time
 * stands still while a machine is frozen, and the wall clock can be set back.
 */
record Pause(long nanosAtStart, Instant start, Duration length) {

  static Pause of(Duration length, TimeSource time) {
    return new Pause(time.nanoTime(), time.now(), length);
  }

  boolean isOver(TimeSource time) {
    return time.nanoTime() - nanosAtStart >= length.toNanos()
        || Duration.between(start, time.now()).compareTo(length) >= 0;
  }
}
