package com.gymcoach.bedrock.examples.load;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * When calls are to begin. In a closed loop: as soon as a caller is free. In an open one each has a
 * time of its own, whatever became of those before, and what it takes counts from then: a server
 * that holds up the callers does not thereby hide how long they would have waited. Thread-safe.
 */
final class Pace {
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

  /**
   * Waits for the next call's time.
   *
   * @return its number, or -1 when it is over
   */
  long await() {
    long number = next.getAndIncrement();
    while (!over && nanosApart > 0) {
      long left = due(number) - System.nanoTime();
      if (left <= 0) {
        break;
      }
      LockSupport.parkNanos(Math.min(left, 100_000_000));
    }
    return over ? -1 : number;
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
