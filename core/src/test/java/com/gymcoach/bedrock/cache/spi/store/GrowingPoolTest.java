package com.gymcoach.bedrock.cache.spi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GrowingPoolTest {
  private static final int THREADS = 16;
  private static final int WAITING = 4;

  private final GrowingPool pool = pool(Duration.ofHours(1));
  private final CountDownLatch release = new CountDownLatch(1);
  private final Set<Thread> used = ConcurrentHashMap.newKeySet();

  private static GrowingPool pool(Duration keepAlive) {
    return new GrowingPool("growing-pool-test", THREADS, WAITING, keepAlive);
  }

  @AfterEach
  void stop() {
    release.countDown();
    pool.shutdownNow();
  }

  private static void until(BooleanSupplier happened) {
    while (!happened.getAsBoolean()) { // the class's timeout ends it
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes that many threads at once, until {@link #release}. */
  private void hold(GrowingPool of, int threads) {
    CountDownLatch held = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      of.execute(
          () -> {
            used.add(Thread.currentThread());
            held.countDown();
            await(release);
          });
    }
    await(held);
  }

  private void runOneByOne(int tasks) {
    for (int i = 0; i < tasks; i++) {
      pool.execute(() -> used.add(Thread.currentThread()));
      until(() -> pool.idleThreads() == pool.threads());
    }
  }

  @Test
  void execute_whenAllThreadsAreBusy_addsAThreadUpToTheBound() {
    hold(pool, THREADS);
    assertThat(used).hasSize(THREADS);
    pool.execute(() -> used.add(Thread.currentThread()));
    assertThat(pool.threads()).isEqualTo(THREADS);
    release.countDown();
    until(() -> pool.idleThreads() == THREADS);
    assertThat(used).hasSize(THREADS);
  }

  @Test
  void execute_whenAThreadIsIdle_usesIt() {
    runOneByOne(100);
    assertThat(pool.threads()).isEqualTo(1);
  }

  /** So the other threads of a burst can end. */
  @Test
  void execute_whenManyThreadsAreIdle_usesTheLastThatWorked() {
    hold(pool, THREADS);
    release.countDown();
    until(() -> pool.idleThreads() == THREADS);
    used.clear();
    runOneByOne(100);
    assertThat(used).hasSize(1);
  }

  @Test
  void threads_whenIdleForTheKeepAlive_end() {
    GrowingPool brief = pool(Duration.ofMillis(1));
    hold(brief, THREADS);
    release.countDown();
    until(() -> brief.threads() == 0);
    for (Thread each : used) {
      until(() -> !each.isAlive());
    }
    brief.execute(() -> used.clear()); // and the pool can still be used
    until(used::isEmpty);
    brief.shutdown();
  }

  @Test
  void execute_whenTheQueueIsFull_rejectsAndLaterRunsWhatWaited() {
    hold(pool, THREADS);
    CountDownLatch waited = new CountDownLatch(WAITING);
    for (int i = 0; i < WAITING; i++) {
      pool.execute(waited::countDown);
    }
    assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(StoreBusyException.class);
    release.countDown();
    await(waited);
    until(() -> pool.idleThreads() == THREADS);
  }

  @Test
  void execute_whenTasksWait_runsThemInOrder() {
    GrowingPool one = new GrowingPool("growing-pool-test", 1, WAITING, Duration.ofHours(1));
    hold(one, 1);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < WAITING; i++) {
      int number = i;
      one.execute(() -> order.add(number));
    }
    release.countDown();
    until(() -> one.idleThreads() == 1);
    assertThat(order).containsExactly(0, 1, 2, 3);
    one.shutdown();
  }

  @Test
  void shutdown_whileTasksRunAndWait_finishesThemAndTakesNoMore() throws Exception {
    hold(pool, THREADS);
    CountDownLatch waited = new CountDownLatch(1);
    pool.execute(waited::countDown);
    pool.shutdown();
    assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(StoreBusyException.class);
    assertThat(pool.isShutdown()).isTrue();
    assertThat(pool.awaitTermination(1, TimeUnit.NANOSECONDS)).isFalse();
    release.countDown();
    await(waited);
    assertThat(pool.awaitTermination(1, TimeUnit.HOURS)).isTrue();
    assertThat(pool.isTerminated()).isTrue();
  }

  @Test
  void shutdown_whenThreadsAreIdle_endsThem() throws Exception {
    runOneByOne(1);
    pool.shutdown();
    assertThat(pool.awaitTermination(1, TimeUnit.HOURS)).isTrue();
  }

  @Test
  void shutdownNow_whileTasksRunAndWait_interruptsTheOnesAndReturnsTheOthers() throws Exception {
    hold(pool, THREADS);
    Runnable waits = () -> {};
    pool.execute(waits);
    assertThat(pool.shutdownNow()).containsExactly(waits);
    assertThat(pool.awaitTermination(1, TimeUnit.HOURS)).isTrue();
  }

  /** The SDK interrupts a call that exceeds its timeout. */
  @Test
  void execute_whenTheLastTaskLeftAnInterrupt_itsThreadGoesOnWithout() throws Exception {
    GrowingPool one = new GrowingPool("growing-pool-test", 1, WAITING, Duration.ofHours(1));
    hold(one, 1);
    FutureTask<Boolean> waits = new FutureTask<>(() -> Thread.currentThread().isInterrupted());
    FutureTask<Boolean> comes = new FutureTask<>(() -> Thread.currentThread().isInterrupted());
    one.execute(() -> Thread.currentThread().interrupt());
    one.execute(waits);
    one.execute(() -> Thread.currentThread().interrupt());
    release.countDown();
    assertThat(waits.get()).isFalse();
    until(() -> one.idleThreads() == 1);
    one.execute(comes);
    assertThat(comes.get()).isFalse();
    one.shutdown();
  }

  @Test
  void execute_whenATaskThrows_reportsItAndTheThreadGoesOn() throws Exception {
    Set<Throwable> reported = ConcurrentHashMap.newKeySet();
    Throwable failure = new AssertionError("thrown by a task");
    pool.execute(
        () -> {
          Thread.currentThread()
              .setUncaughtExceptionHandler((thread, thrown) -> reported.add(thrown));
          throw (AssertionError) failure;
        });
    until(() -> pool.idleThreads() == 1);
    assertThat(reported).containsExactly(failure);
    FutureTask<String> next = new FutureTask<>(() -> "done");
    pool.execute(next);
    assertThat(next.get()).isEqualTo("done");
  }

  @Test
  void execute_whenTheHandlerOfAnExceptionThrowsToo_anotherThreadTakesTheNextTask() {
    GrowingPool one = new GrowingPool("growing-pool-test", 1, WAITING, Duration.ofHours(1));
    one.execute(
        () -> {
          Thread.currentThread()
              .setUncaughtExceptionHandler(
                  (thread, thrown) -> {
                    throw new IllegalStateException("from the handler");
                  });
          throw new IllegalStateException("from the task");
        });
    until(() -> one.threads() == 0);

    CountDownLatch ran = new CountDownLatch(1);
    one.execute(ran::countDown);
    await(ran);
    one.shutdown();
  }

  @Test
  void execute_whenTheCallerHasInheritableThreadLocals_itsThreadHasNone() throws Exception {
    InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
    user.set("alice");
    FutureTask<String> seen = new FutureTask<>(user::get);
    pool.execute(seen);
    assertThat(seen.get()).isNull();
  }

  /** Each task runs once, and the pool is idle in the end, whatever the order of events. */
  @Test
  void execute_byManyThreadsWhileThreadsEnd_runsEachTaskOnce() throws Exception {
    GrowingPool brief = new GrowingPool("growing-pool-test", 4, 100_000, Duration.ofNanos(50_000));
    Set<Integer> done = ConcurrentHashMap.newKeySet();
    AtomicInteger runs = new AtomicInteger();
    Set<Thread> callers = new HashSet<>();
    for (int caller = 0; caller < 4; caller++) {
      int from = caller * 5_000;
      Thread thread =
          new Thread(
              () -> {
                for (int i = from; i < from + 5_000; i++) {
                  int number = i;
                  brief.execute(
                      () -> {
                        done.add(number);
                        runs.incrementAndGet();
                      });
                }
              });
      thread.start();
      callers.add(thread);
    }
    for (Thread caller : callers) {
      caller.join();
    }
    until(() -> done.size() == 20_000 && brief.threads() == 0);
    assertThat(runs).hasValue(20_000);
    brief.shutdown();
    assertThat(brief.isTerminated()).isTrue();
  }
}
