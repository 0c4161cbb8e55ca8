package com.gymcoach.bedrock.dynamodb;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the interrupt of a caller whose thread makes a call of a sync client. At its timeout the
 * SDK interrupts the thread itself, and then clears the flag: an interrupt by the service would be
 * lost. Before the timeout, only the service can have set the flag. So it is read when half of the
 * time is over, then when half of the rest is, and so on. An interrupt of the last millisecond is
 * missed.
 */
final class InterruptWatch {
  private static final long LAST_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Thread caller = Thread.currentThread();
  private final long end;
  private volatile CompletableFuture<Void> timer = new CompletableFuture<>();
  private volatile boolean interrupted;
  private volatile boolean ended;

  private InterruptWatch(Duration timeout) {
    this.end = System.nanoTime() + timeout.toNanos();
  }

  /** Begins to watch this thread, before its call. */
  static InterruptWatch begin(Duration timeout) {
    InterruptWatch watch = new InterruptWatch(timeout);
    watch.lookLater(timeout.toNanos());
    return watch;
  }

  private void lookLater(long left) {
    CompletableFuture<Void> next = new CompletableFuture<>();
    timer = next;
    CompletableFuture<Void> unused = next.thenRun(this::look);
    unused = next.completeOnTimeout(null, left / 2, TimeUnit.NANOSECONDS);
  }

  private void look() {
    boolean isSet = caller.isInterrupted();
    long left = end - System.nanoTime();
    if (left <= 0) {
      return; // it may have been the SDK
    }
    if (isSet) {
      interrupted = true;
    } else if (!ended && left > LAST_NANOS) {
      lookLater(left);
    }
  }

  /** Ends the watch after the call. Returns whether the thread is interrupted, which it stays. */
  boolean end() {
    ended = true;
    timer.cancel(false);
    if (interrupted) {
      caller.interrupt();
    }
    return caller.isInterrupted();
  }
}
