package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Circuit breaker for calls to the table. Opens when at least half of the last 8 to 16 calls have
 * failed, then lets one probe through per interval until a probe succeeds. A permanent failure (no
 * permission, no table, wrong keys) opens it at once and for a longer interval. It logs one line
 * per interval, not one per call.
 *
 * <p>{@link Circuit} counts the calls. There is no half-open state with a permit that every exit
 * path must return, because a call that was given a permit may never be made. Here a lost permit
 * costs one interval at most. Thread-safe; while the circuit is closed, only a failure takes a
 * lock.
 */
final class Breaker {
  private static final Logger LOG = LoggerFactory.getLogger(DynamoDbCacheStore.class);

  /** At most the number of store threads: calls that hang on all of them must open the circuit. */
  static final int MIN_CALLS = Circuit.MIN_CALLS;

  /** The result of asking whether a call may be made. */
  enum Permit {
    NONE,
    CALL,
    /** The one probe of an interval; its success closes the circuit. */
    PROBE
  }

  private final String what;
  private final Duration interval;
  private final Duration longInterval;
  private final BooleanSupplier mayProbe;
  private final TimeSource time;

  /** Opened by failures and closed under this object's lock: whoever has it finds the pause set. */
  private final Circuit circuit = new Circuit();

  /** Guarded by this object's lock. */
  private Pause pause;

  /**
   * Returns a closed breaker.
   *
   * @param what names the table and the kind of call, for the log
   * @param interval the time between probes after too many calls have failed
   * @param longInterval the time without calls after a permanent failure
   * @param mayProbe returns whether there is a thread to spare for a call that may hang
   */
  Breaker(
      String what,
      Duration interval,
      Duration longInterval,
      BooleanSupplier mayProbe,
      TimeSource time) {
    this.what = what;
    this.interval = interval;
    this.longInterval = longInterval;
    this.mayProbe = mayProbe;
    this.time = time;
    this.pause = Pause.of(Duration.ZERO, time);
  }

  /** Returns whether a call may be made now, and as what. */
  Permit ask() {
    return circuit.isOpen() ? askOpen() : Permit.CALL;
  }

  private synchronized Permit askOpen() {
    if (!circuit.isOpen()) { // closed just now
      return Permit.CALL;
    }
    if (!pause.isOver(time) || !mayProbe.getAsBoolean()) {
      return Permit.NONE;
    }
    pause = Pause.of(interval, time);
    return Permit.PROBE;
  }

  /** Records the outcome of a call that was made; {@code failure} is null on success. */
  void note(Permit permit, @Nullable Throwable failure) {
    if (failure == null) {
      if (succeeded(permit)) {
        LOG.info("{} succeed again.", what);
      }
      return;
    }
    boolean permanent = isPermanent(failure);
    if (failed(permit, permanent)) {
      LOG.warn(
          "{} fail ({}). None is sent for {} s; meanwhile Bedrock answers the callers.",
          what,
          Failures.name(failure),
          (permanent ? longInterval : interval).toSeconds());
    }
  }

  /** Returns whether this success ended an outage. */
  private boolean succeeded(Permit permit) {
    if (permit == Permit.PROBE && closed()) {
      return true;
    }
    // Not counted while the circuit is open: a call sent before does not prove the outage's end.
    circuit.count(false);
    return false;
  }

  private synchronized boolean closed() {
    return circuit.close();
  }

  /** Returns whether the circuit is open because of this failure. */
  private synchronized boolean failed(Permit permit, boolean permanent) {
    boolean probe = permit == Permit.PROBE;
    if (probe ? !circuit.isOpen() : !(permanent ? circuit.open() : circuit.count(true))) {
      return false;
    }
    if (permanent) {
      pause = Pause.of(longInterval, time);
    } else if (!probe) { // a probe's interval began with its permit
      pause = Pause.of(interval, time);
    }
    return true;
  }

  /** Returns whether calls are refused, apart from probes. */
  boolean isOpen() {
    return circuit.isOpen();
  }

  private static boolean isPermanent(Throwable failure) {
    return switch (Failures.name(failure)) {
      case "AccessDeniedException", "ResourceNotFoundException", "ValidationException" -> true;
      // Failures that a client can recover from by itself are not permanent: a wrong clock (the SDK
      // corrects its own after such a refusal) and credentials that are being replaced.
      default -> false;
    };
  }
}
