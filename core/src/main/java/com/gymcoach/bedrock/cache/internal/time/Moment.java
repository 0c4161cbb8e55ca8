package com.gymcoach.bedrock.cache.internal.time;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.concurrent.TimeUnit;

/**
 * A point in time by both clocks, used to tell how long ago it was. Elapsed time stops while a
 * machine is frozen, and the wall clock can be set back. The order of two moments is decided by
 * elapsed time alone.
 */
public record Moment(long nanos, long epochMillis) {

  public static Moment now(TimeSource time) {
    return new Moment(time.nanoTime(), time.epochMillis());
  }

  public boolean isBefore(Moment other) {
    return nanos - other.nanos < 0;
  }

  /** Returns the nanoseconds since this moment, by the clock that shows the longer time. */
  public long nanosUntil(long nanosNow, long epochMillisNow) {
    return Math.max(nanosNow - nanos, TimeUnit.MILLISECONDS.toNanos(epochMillisNow - epochMillis));
  }
}
