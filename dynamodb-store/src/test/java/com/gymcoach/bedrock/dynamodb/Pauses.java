package com.gymcoach.bedrock.dynamodb;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A clock that leaves out the time in which this process did not run: a thread that sleeps for a
 * millisecond at a time notices when it wakes up later, and by how much.
 */
final class Pauses implements AutoCloseable {
  private static final long STEP = TimeUnit.MILLISECONDS.toNanos(1);

  private final AtomicLong paused = new AtomicLong();
  private volatile boolean closed;

  Pauses() {
    Thread thread = new Thread(this::watch, "pauses");
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(STEP);
      long now = System.nanoTime();
      paused.addAndGet(Math.max(0, now - last - 2 * STEP));
      last = now;
    }
  }

  /** Returns the time, net of pauses so far, that passes between two calls. */
  long nanoTime() {
    return System.nanoTime() - paused.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
