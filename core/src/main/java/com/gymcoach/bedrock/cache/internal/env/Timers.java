package com.gymcoach.bedrock.cache.internal.env;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Timers. Thread-safe. */
public interface Timers {

  /**
   * Returns a future that completes after a delay, or at once if the delay is not positive.
   * Dependent stages run on a thread shared by the whole JVM and must hand their work over.
   * Cancelling the future releases the timer.
   */
  CompletableFuture<?> after(Duration delay);

  /** Returns the JVM's own timers. */
  static Timers system() {
    return delay ->
        new CompletableFuture<Void>()
            .completeOnTimeout(null, Math.max(0, delay.toNanos()), TimeUnit.NANOSECONDS);
  }
}
