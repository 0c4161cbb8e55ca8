package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops asking a table that does not answer. After half of the last calls have failed, one is made
 * an interval, and none else, until one succeeds. What no retry can mend (no permission, no table,
 * other keys) stops the calls at once and for longer. One line is logged an interval, not one a
 * call.
 *
 * <p>There is no state in which a call must end before the next one may be made: who was given
 * leave and could not use it has cost an interval, no more. Thread-safe.
 */
final class Breaker {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbCacheStore.class);

  /** As many as the store has threads: calls that hang on all of them must be enough. */
  private static final int FEWEST_CALLS = 8;

  private static final int WINDOW = 16;
  private static final int ALL = (1 << WINDOW) - 1;

  /** What a caller is told who asks whether to make a call. */
  enum Leave {
    NONE,
    CALL,
    /** The one call of an interval, whose success ends the outage. */
    PROBE
  }

  private final String what;
  private final Duration interval;
  private final Duration longInterval;
  private final TimeSource time;

  // All under this object's lock.
  private int calls;
  private int failed; // a bit for each of the last calls
  private boolean open;
  private long nextProbe;

  /**
   * Returns a breaker that lets calls through.
   *
   * @param what names the table and the kind of call, for the log
   * @param interval how often a call is made after many have failed
   * @param longInterval how long none is made after one that no retry can mend
   */
  Breaker(String what, Duration interval, Duration longInterval, TimeSource time) {
    this.what = what;
    this.interval = interval;
    this.longInterval = longInterval;
    this.time = time;
  }

  /** Returns whether a call may be made now. */
  synchronized Leave ask() {
    if (!open) {
      return Leave.CALL;
    }
    long now = time.nanoTime();
    if (now - nextProbe < 0) {
      return Leave.NONE;
    }
    nextProbe = now + interval.toNanos();
    return Leave.PROBE;
  }

  /** Notes how a call that was made has ended. */
  void note(Leave leave, @Nullable Throwable failure) {
    if (failure == null) {
      if (succeeded(leave)) {
        LOG.info("{} are answered again.", what);
      }
      return;
    }
    boolean permanent = isPermanent(failure);
    if (failed(leave, permanent)) {
      LOG.warn(
          "{} fail ({}); none is made for {} s. Callers are answered by Bedrock meanwhile.",
          what,
          Failures.name(failure),
          (permanent ? longInterval : interval).toSeconds());
    }
  }

  /** Returns whether this ends an outage. */
  private synchronized boolean succeeded(Leave leave) {
    if (!open) {
      count(0);
      return false;
    }
    open = leave != Leave.PROBE; // what began before the outage says nothing of its end
    return !open;
  }

  /** Returns whether no call is made because of this. */
  private synchronized boolean failed(Leave leave, boolean permanent) {
    boolean probe = leave == Leave.PROBE;
    if (open != probe) {
      return false;
    }
    count(1);
    if (!probe && !permanent && (calls < FEWEST_CALLS || Integer.bitCount(failed) * 2 < calls)) {
      return false;
    }
    if (permanent) {
      nextProbe = time.nanoTime() + longInterval.toNanos();
    } else if (!probe) { // whose interval began when it was given leave
      nextProbe = time.nanoTime() + interval.toNanos();
    }
    open = true;
    calls = 0;
    failed = 0;
    return true;
  }

  private void count(int one) {
    calls = Math.min(calls + 1, WINDOW);
    failed = (failed << 1 | one) & ALL;
  }

  private static boolean isPermanent(Throwable failure) {
    return switch (Failures.name(failure)) {
      case "AccessDeniedException",
          "ResourceNotFoundException",
          "ValidationException",
          "UnrecognizedClientException",
          "InvalidSignatureException" ->
          true;
      default -> false;
    };
  }
}
