package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The store's threads, watched for calls that hold one for longer than any call may take: a client
 * that ignores its timeout, or a credentials provider that blocks. In such an outage each call that
 * tries the table costs a thread. So no such call is made while half of the threads are held, and
 * the other half remains for invalidations. Thread-safe.
 */
final class WatchedThreads implements Executor {
  private final Executor threads;
  private final int maxHeld;
  private final long limitNanos;
  private final TimeSource time;
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

  /**
   * Watches an executor.
   *
   * @param maxThreads the largest number of its threads
   * @param limit longer than any call may take
   */
  WatchedThreads(Executor threads, int maxThreads, Duration limit, TimeSource time) {
    this.threads = threads;
    this.maxHeld = maxThreads / 2;
    this.limitNanos = limit.toNanos();
    this.time = time;
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(
        () -> {
          Running call = new Running(time.nanoTime());
          running.add(call);
          try {
            task.run();
          } finally {
            running.remove(call);
          }
        });
  }

  /** Returns whether a call may be made only to see whether the table works. */
  boolean mayTry() {
    long now = time.nanoTime();
    return running.stream().filter(call -> now - call.began >= limitNanos).count() < maxHeld;
  }

  /** A task that has begun. Not a record: two that began at the same time are two. */
  private static final class Running {
    private final long began;

    Running(long began) {
      this.began = began;
    }
  }
}
