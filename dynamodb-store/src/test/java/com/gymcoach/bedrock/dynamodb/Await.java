package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what happens on other threads, and fails where it does not. */
final class Await {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();

  private Await() {}

  static void until(String what, BooleanSupplier happened) {
    long began = System.nanoTime();
    while (!happened.getAsBoolean()) {
      assertThat(System.nanoTime() - began).as(what).isLessThan(PATIENCE_NANOS);
      LockSupport.parkNanos(100_000); // leaves the processor to what is awaited
    }
  }

  /**
   * Waits for a latch, which the test's own timeout limits. An interrupt ends the wait and stays.
   */
  static void latch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
