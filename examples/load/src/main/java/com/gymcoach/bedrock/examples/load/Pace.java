package com.gymcoach.bedrock.examples.load;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The schedule of calls. In a closed loop, a call begins as soon as a caller is free. In an open
 * loop, each call has a scheduled time, independent of earlier calls, and its latency counts from
 * that time. So a server that blocks its callers cannot hide their waiting time. Thread-safe.
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
   * Waits until a call is due.
   *
   * @return false if the run has ended
   */
  boolean await(long number) {
    while (!over && !isDue(number)) {
      LockSupport.parkNanos(Math.min(due(number) - System.nanoTime(), MAX_NAP));
    }
    return !over;
  }

  /** Returns whether a call may begin. It may not if calls were paused after its wait ended. */
  boolean isDue(long number) {
    return nanosApart == 0 || due(number) <= System.nanoTime();
  }

  /** Returns when a call should begin, by {@code System.nanoTime()}; in a closed loop, now. */
  long intended(long number) {
    return nanosApart == 0 ? System.nanoTime() : due(number);
  }

  /** Postpones later calls: all calls were paused on purpose for this time. */
  void held(long nanos) {
    held.addAndGet(nanos);
  }

  /** Ends the run: no more calls begin. */
  void end() {
    over = true;
  }

  private long due(long number) {
    return began + held.get() + (long) (number * nanosApart);
  }
}
