package com.gymcoach.bedrock.cache.spi.store;

import com.gymcoach.bedrock.cache.spi.time.Pause;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Circuit breaker for calls to a backend. Opens with a failure if at least half of the last 8 to 16
 * calls have failed, then lets one probe through per interval until a probe succeeds. A permanent
 * failure, such as a missing permission, opens it at once and for a longer interval. It logs one
 * line per interval, not one per call.
 *
 * <p>{@link Circuit} counts the calls. There is no half-open state with a permit that every exit
 * path must return, because a call that was given a permit may never be made. Here a lost permit
 * costs one interval at most. Thread-safe; while the circuit is closed, only a failure takes a
 * lock.
 */
final class Breaker {
  /** The result of asking whether a call may be made. */
  enum Permit {
    NONE,
    CALL,
    /** The one probe of an interval; its success closes the circuit. */
    PROBE
  }

  private final Logger log;
  private final String what;
  private final Duration interval;
  private final Duration longInterval;
  private final BooleanSupplier mayProbe;
  private final TimeSource time;

  /** Opened by failures and closed under the lock, so that its holder finds the pause set. */
  private final Circuit circuit = new Circuit();

  /** Not a monitor: {@code mayProbe} is called with it held. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. */
  private Pause pause;

  /** Returns a closed breaker. */
  Breaker(StoreGuard.Builder from) {
    this.log = LoggerFactory.getLogger(from.store);
    this.what = from.what;
    this.interval = from.probeInterval;
    this.longInterval = from.longProbeInterval;
    this.mayProbe = from.mayProbe;
    this.time = from.timeSource;
    this.pause = Pause.of(Duration.ZERO, time);
  }

  /** Returns whether a call may be made now, and as what. */
  Permit ask() {
    return circuit.isOpen() ? askOpen() : Permit.CALL;
  }

  private Permit askOpen() {
    lock.lock();
    try {
      if (!circuit.isOpen()) { // closed just now
        return Permit.CALL;
      }
      if (!pause.isOver(time) || !mayProbe.getAsBoolean()) {
        return Permit.NONE;
      }
      pause = Pause.of(interval, time);
      return Permit.PROBE;
    } finally {
      lock.unlock();
    }
  }

  /** Records the outcome of a call that was made; {@code failure} is null on success. */
  void note(Permit permit, @Nullable StoreFailure failure) {
    if (failure == null) {
      if (succeeded(permit)) {
        log.info("{} succeed again.", what);
      }
      return;
    }
    boolean permanent = failure.kind() == StoreFailure.Kind.PERMANENT;
    if (failed(permit, permanent)) {
      log.warn(
          "{} fail ({}). None is sent for {} s; meanwhile Bedrock answers the callers.",
          what,
          failure.name(),
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

  private boolean closed() {
    lock.lock();
    try {
      return circuit.close();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the circuit is open because of this failure. */
  private boolean failed(Permit permit, boolean permanent) {
    lock.lock();
    try {
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
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether calls are refused, apart from probes. */
  boolean isOpen() {
    return circuit.isOpen();
  }
}
