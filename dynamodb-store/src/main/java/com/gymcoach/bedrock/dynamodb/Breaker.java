package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.StoreUnavailableException;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops asking a table that does not answer. After half of the last calls have failed, none is made
 * for an interval; then one is, and its fate decides. What no retry can mend (no permission, no
 * table, other keys) stops the calls at once and for longer. One line is logged an interval, not
 * one a call.
 */
final class Breaker {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbCacheStore.class);
  private static final int WINDOW = 20;
  private static final int FEWEST_CALLS = 10;
  private static final float FAILED_PERCENT = 50;

  private final String what;
  private final Duration interval;
  private final Duration longInterval;
  private final CircuitBreaker breaker;

  /** The calls under way, the oldest first; those that have ended go when they are the oldest. */
  private final Queue<Pending> underWay = new ConcurrentLinkedQueue<>();

  /**
   * Returns a breaker that lets calls through.
   *
   * @param what names the table and the kind of call, for the log
   * @param interval how long no call is made after many have failed
   * @param longInterval how long none is made after one that no retry can mend
   */
  Breaker(String what, Duration interval, Duration longInterval, TimeSource time) {
    this.what = what;
    this.interval = interval;
    this.longInterval = longInterval;
    this.breaker =
        CircuitBreaker.of(
            "bedrock-cache",
            CircuitBreakerConfig.custom()
                .slidingWindowType(SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(WINDOW)
                .minimumNumberOfCalls(FEWEST_CALLS)
                .failureRateThreshold(FAILED_PERCENT)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(after(interval))
                .clock(new ElapsedClock(time))
                .build());
  }

  /**
   * Makes a call, or fails at once. A call that has taken longer than its budget has failed, even
   * if its future never completes; what is returned is the call's own future all the same.
   */
  <T> CompletableFuture<T> guard(Duration budget, Supplier<CompletableFuture<T>> call) {
    noteOverdue();
    if (!breaker.tryAcquirePermission()) {
      return CompletableFuture.failedFuture(new StoreUnavailableException());
    }
    CompletableFuture<T> made;
    try {
      made = call.get();
    } catch (RuntimeException | Error thrown) {
      breaker.releasePermission();
      return CompletableFuture.failedFuture(thrown);
    }
    Pending pending = new Pending(System.nanoTime() + budget.toNanos());
    underWay.add(pending);
    CompletableFuture<T> unused =
        made.whenComplete(
            (value, failure) -> {
              if (pending.end()) {
                note(pending.isOverdue() ? new TimeoutException() : failure);
              }
            });
    return made;
  }

  /**
   * A call that hangs is found out by the next one: a timer for each would cost more than all else
   * that the breaker does.
   */
  private void noteOverdue() {
    Pending oldest = underWay.peek();
    while (oldest != null && (oldest.ended() || oldest.isOverdue())) {
      if (underWay.remove(oldest) && oldest.end()) {
        note(new TimeoutException());
      }
      oldest = underWay.peek();
    }
  }

  /** A call that has not ended, or whose end has not been noticed. */
  private static final class Pending {
    private final long deadline;
    private final AtomicBoolean ended = new AtomicBoolean();

    Pending(long deadline) {
      this.deadline = deadline;
    }

    boolean isOverdue() {
      return System.nanoTime() - deadline >= 0;
    }

    boolean ended() {
      return ended.get();
    }

    /** Returns whether this is the first to say so. */
    boolean end() {
      return ended.compareAndSet(false, true);
    }
  }

  private void note(@Nullable Throwable failure) {
    Throwable cause = failure == null ? null : Failures.bare(failure);
    CircuitBreaker.State before = breaker.getState();
    if (cause == null) {
      breaker.onSuccess(0, TimeUnit.NANOSECONDS);
      if (before != CircuitBreaker.State.CLOSED
          && breaker.getState() == CircuitBreaker.State.CLOSED) {
        LOG.info("{} are answered again.", what);
      }
    } else if (cause instanceof StoreBusyException) {
      breaker.releasePermission(); // our own threads are busy: that says nothing of the table
    } else if (isPermanent(cause)) {
      openFor(longInterval, before, cause);
    } else {
      breaker.onError(0, TimeUnit.NANOSECONDS, cause);
      if (before != CircuitBreaker.State.OPEN && breaker.getState() == CircuitBreaker.State.OPEN) {
        warn(interval, cause);
      }
    }
  }

  /** Several calls under way may find out at the same time: one of them says so. */
  private synchronized void openFor(
      Duration howLong, CircuitBreaker.State before, Throwable cause) {
    if (before == CircuitBreaker.State.OPEN || breaker.getState() == CircuitBreaker.State.OPEN) {
      return;
    }
    breaker.transitionToOpenStateFor(after(howLong));
    warn(howLong, cause);
  }

  private void warn(Duration howLong, Throwable cause) {
    LOG.warn(
        "{} fail ({}); none is made for {} s. Callers are answered by Bedrock meanwhile.",
        what,
        Failures.name(cause),
        howLong.toSeconds());
  }

  /** The library tries again when more than that has gone by, in whole milliseconds. */
  private static Duration after(Duration interval) {
    return interval.minusMillis(1);
  }

  private static boolean isPermanent(Throwable cause) {
    return switch (Failures.name(cause)) {
      case "AccessDeniedException",
          "ResourceNotFoundException",
          "ValidationException",
          "UnrecognizedClientException",
          "InvalidSignatureException" ->
          true;
      default -> false;
    };
  }

  /** Elapsed time as the breaker wants it: nobody can set it back. */
  private static final class ElapsedClock extends Clock {
    private final TimeSource time;
    private final long origin;

    ElapsedClock(TimeSource time) {
      this.time = time;
      this.origin = time.nanoTime();
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("Elapsed time has no zone");
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH.plusNanos(time.nanoTime() - origin);
    }
  }
}
