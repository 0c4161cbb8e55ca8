package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.TimeSource;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops asking a table that does not answer. After half of the last calls have failed, one is made
 * an interval, and none else, until one succeeds. What no retry can mend (no permission, no table,
 * other keys) stops the calls at once and for longer. One line is logged an interval, not one a
 * call.
 *
 * <p>The calls are counted and the circuit is opened by resilience4j. When it is tried again is
 * decided here: its half-open state has one permit, which must be given back by every way out, and
 * a call that was given leave may never be made. Here it has cost an interval, no more.
 * Thread-safe.
 */
final class Breaker {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbCacheStore.class);

  /** As many as the store has threads: calls that hang on all of them must be enough. */
  private static final int MIN_CALLS = 8;

  private static final int WINDOW = 16;
  private static final float FAILED_PERCENT = 50;

  /** What a caller is told who asks whether to make a call. */
  enum Permit {
    NONE,
    CALL,
    /** The one call of an interval, whose success ends the outage. */
    PROBE
  }

  private final String what;
  private final Duration interval;
  private final Duration longInterval;
  private final TimeSource time;

  // Both under this object's lock.
  private final CircuitBreaker circuit =
      CircuitBreaker.of(
          "bedrock-cache",
          CircuitBreakerConfig.custom()
              .slidingWindowType(SlidingWindowType.COUNT_BASED)
              .slidingWindowSize(WINDOW)
              .minimumNumberOfCalls(MIN_CALLS)
              .failureRateThreshold(FAILED_PERCENT)
              .build());
  private Pause pause;

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
    this.pause = Pause.of(Duration.ZERO, time);
  }

  /** Returns whether a call may be made now. */
  synchronized Permit ask() {
    if (!isOpen()) {
      return Permit.CALL;
    }
    if (!pause.isOver(time)) {
      return Permit.NONE;
    }
    pause = Pause.of(interval, time);
    return Permit.PROBE;
  }

  /** Notes how a call that was made has ended. */
  void note(Permit leave, @Nullable Throwable failure) {
    if (failure == null) {
      if (succeeded(leave)) {
        LOG.info("{} are answered again.", what);
      }
      return;
    }
    boolean permanent = isPermanent(failure);
    if (failed(leave, permanent, failure)) {
      LOG.warn(
          "{} fail ({}); none is made for {} s. Callers are answered by Bedrock meanwhile.",
          what,
          Failures.name(failure),
          (permanent ? longInterval : interval).toSeconds());
    }
  }

  /** Returns whether this ends an outage. */
  private synchronized boolean succeeded(Permit leave) {
    if (!isOpen()) {
      circuit.onSuccess(0, TimeUnit.NANOSECONDS);
      return false;
    }
    if (leave != Permit.PROBE) {
      return false; // what began before the outage says nothing of its end
    }
    circuit.transitionToClosedState();
    return true;
  }

  /** Returns whether no call is made because of this. */
  private synchronized boolean failed(Permit leave, boolean permanent, Throwable failure) {
    boolean probe = leave == Permit.PROBE;
    if (isOpen() != probe) {
      return false;
    }
    if (!probe && permanent) {
      circuit.transitionToOpenState();
    } else if (!probe) {
      circuit.onError(0, TimeUnit.NANOSECONDS, failure);
    }
    if (!isOpen()) {
      return false;
    }
    if (permanent) {
      pause = Pause.of(longInterval, time);
    } else if (!probe) { // whose interval began when it was given leave
      pause = Pause.of(interval, time);
    }
    return true;
  }

  private boolean isOpen() {
    return circuit.getState() == CircuitBreaker.State.OPEN;
  }

  private static boolean isPermanent(Throwable failure) {
    return switch (Failures.name(failure)) {
      case "AccessDeniedException", "ResourceNotFoundException", "ValidationException" -> true;
      // All that a client may mend by itself is an ordinary failure: a clock that is wrong, as the
      // SDK corrects its own after such a refusal, and credentials that are being replaced.
      default -> false;
    };
  }
}
