package com.gymcoach.bedrock.examples.load;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * When calls are to begin. In a closed loop: as soon as a caller is free. In an open one each has a
 * time of its own, whatever became of those before, and what it takes counts from then: a server
 * that holds up the callers does not thereby hide how long they would have waited. Thread-safe.
 */
final class Pace {
  private static final long MAX_NAP = 100_000_000;

  private final long began = System.nanoTime();
  private final double nanosApart;
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong held = new AtomicLong();
  private volatile boolean over;

  private Pace(double nanosApart) {
    this.nanosApart = nanosApart;
  }

  static Pace closed() {
    return new Pace(0);
  }

  static Pace open(double callsASecond) {
    return new Pace(1e9 / callsASecond);
  }

  /** Returns the number of the next call. */
  long next() {
    return next.getAndIncrement();
  }

  /**
   * Waits for a call's time.
   *
   * @return false when it is over
   */
  boolean await(long number) {
    while (!over && !isDue(number)) {
      LockSupport.parkNanos(Math.min(due(number) - System.nanoTime(), MAX_NAP));
    }
    return !over;
  }

  /** Returns whether a call may begin: it was, until all were held up meanwhile. */
  boolean isDue(long number) {
    return nanosApart == 0 || due(number) <= System.nanoTime();
  }

  /** Returns when a call that begins now should have begun, by {@code System.nanoTime()}. */
  long intended(long number) {
    return nanosApart == 0 ? System.nanoTime() : due(number);
  }

  /** All calls were held up on purpose: those to come are due so much later. */
  void held(long nanos) {
    held.addAndGet(nanos);
  }

  /** No call begins any more. */
  void end() {
    over = true;
  }

  private long due(long number) {
    return began + held.get() + (long) (number * nanosApart);
  }
}
