package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * A period in which the store sends no requests. It ends as soon as either clock says so: elapsed
 * time stops while a machine is frozen, and the wall clock can be set back.
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
