package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.util.concurrent.TimeUnit;

/**
 * A point in time by both clocks, for the question how long ago it was: elapsed time stands still
 * while a machine is frozen, and the wall clock can be set back. What came first is asked of
 * elapsed time alone.
 */
record Moment(long nanos, long epochMillis) {

  static Moment now(TimeSource time) {
    return new Moment(time.nanoTime(), time.epochMillis());
  }

  boolean isBefore(Moment other) {
    return nanos - other.nanos < 0;
  }

  /** Returns how many nanoseconds have gone by since, by the clock that says more. */
  long nanosUntil(long nanosNow, long epochMillisNow) {
    return Math.max(nanosNow - nanos, TimeUnit.MILLISECONDS.toNanos(epochMillisNow - epochMillis));
  }
}
