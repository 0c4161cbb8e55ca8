package com.gymcoach.bedrock.cache.spi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StoreThreadsTest {
  private final ExecutorService threads = StoreThreads.create("store-threads-test", 1);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch answer = new CountDownLatch(1);
  private final AtomicBoolean callEnded = new AtomicBoolean();

  @BeforeEach
  void call() throws Exception {
    threads.execute(
        () -> {
          begun.countDown();
          awaitQuietly(answer);
          callEnded.set(true);
        });
    begun.await();
  }

  @AfterEach
  void end() {
    answer.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void close_whileACallIsUnderWay_returnsWhenItHasEnded() throws Exception {
    AtomicBoolean endedBefore = new AtomicBoolean();
    Thread closing =
        new Thread(
            () -> {
              StoreThreads.close(threads);
              endedBefore.set(callEnded.get());
            });
    closing.start();
    while (closing.getState() != Thread.State.TIMED_WAITING && closing.isAlive()) {
      Thread.onSpinWait();
    }
    answer.countDown();
    closing.join();
    assertThat(endedBefore).isTrue();
    StoreThreads.close(threads);
  }

  @Test
  void close_whenACallDoesNotEnd_returnsAfterItsLimit() {
    StoreThreads.close(threads, Duration.ofNanos(1));
    assertThat(callEnded).isFalse();
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> threads.execute(() -> {}));
  }

  @Test
  void close_onAnInterruptedThread_returnsAtOnceAndLeavesItInterrupted() {
    Thread.currentThread().interrupt();
    StoreThreads.close(threads, Duration.ofDays(1));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(callEnded).isFalse();
  }

  @Test
  void close_onAThreadOfThePool_doesNotWaitForItself() throws Exception {
    answer.countDown();
    CountDownLatch closed = new CountDownLatch(1);
    threads.execute(
        () -> {
          StoreThreads.close(threads, Duration.ofDays(1));
          closed.countDown();
        });
    closed.await();
    StoreThreads.close(threads);
    assertThat(threads.isTerminated()).isTrue();
  }
}
