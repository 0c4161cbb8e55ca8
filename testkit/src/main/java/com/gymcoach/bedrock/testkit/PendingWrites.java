package com.gymcoach.bedrock.testkit;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** The calls whose caller has gone on while the answer is still to be written. Thread-safe. */
final class PendingWrites {
  private static final long MAX_WAIT_MILLIS = 10_000;

  private final Set<RecordedCall> calls = new HashSet<>();

  /** Adds a call, unless its answer has been written meanwhile. */
  synchronized void add(RecordedCall call) {
    if (!call.isSettled()) {
      calls.add(call);
    }
  }

  /** Removes a call that is settled. */
  synchronized void remove(RecordedCall call) {
    calls.remove(call);
    notifyAll();
  }

  /** Waits until all answers are written, for 10 s at most. */
  synchronized void await() {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS);
    long left = MAX_WAIT_MILLIS;
    while (!calls.isEmpty() && left > 0) {
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }
}
