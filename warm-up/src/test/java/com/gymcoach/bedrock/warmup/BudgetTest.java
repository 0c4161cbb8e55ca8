package com.gymcoach.bedrock.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BudgetTest {

  @Test
  void reserve_beyondTheRest_returnsFalse() throws InterruptedException {
    Budget budget = new Budget(1.0, Long.MAX_VALUE);
    assertThat(budget.reserve(0.75)).isTrue();
    budget.spent(0.75, 0.5);
    assertThat(budget.reserve(0.625)).isFalse();
    assertThat(budget.reserve(0.5)).isTrue();
    assertThat(budget.assumedUsd()).isEqualTo(0.5);
  }

  @Test
  void reserve_ofTheLastCall_returnsFalseAfterwards() throws InterruptedException {
    Budget budget = new Budget(null, 1);
    assertThat(budget.reserve(9)).isTrue();
    budget.assumed(9);
    assertThat(budget.reserve(0)).isFalse();
    assertThat(budget.calls()).isEqualTo(1);
    assertThat(budget.assumedUsd()).isEqualTo(9);
  }

  @Test
  void reserve_afterACallThatWasNotMade_hasItsPartAgain() throws InterruptedException {
    Budget budget = new Budget(1.0, 1);
    assertThat(budget.reserve(1)).isTrue();
    budget.release(1);
    assertThat(budget.reserve(1)).isTrue();
  }

  @Test
  void reserve_whileACallUnderWayHoldsTheRest_waitsForItsEnd() throws Exception {
    Budget budget = new Budget(1.0, Long.MAX_VALUE);
    assertThat(budget.reserve(1)).isTrue();
    CompletableFuture<Boolean> second = waiting(budget);
    budget.spent(1, 0.1);
    assertThat(second.get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void close_whileOneWaits_refusesIt() throws Exception {
    Budget budget = new Budget(1.0, Long.MAX_VALUE);
    assertThat(budget.reserve(1)).isTrue();
    CompletableFuture<Boolean> second = waiting(budget);
    budget.close();
    assertThat(second.get(10, TimeUnit.SECONDS)).isFalse();
    assertThat(budget.reserve(0)).isFalse();
  }

  /** Reserves 0.9 on another thread, and returns when that thread waits. */
  private static CompletableFuture<Boolean> waiting(Budget budget) {
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                result.complete(budget.reserve(0.9));
              } catch (InterruptedException e) {
                result.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    return result;
  }

  @Test
  void reserve_onManyThreads_neverExceedsEitherLimit() throws Exception {
    Budget budget = new Budget(100.0, 500);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<CompletableFuture<Void>> all =
        IntStream.range(0, 8)
            .mapToObj(i -> CompletableFuture.runAsync(() -> spend(budget, i), threads))
            .toList();
    all.forEach(CompletableFuture::join);
    threads.shutdown();
    assertThat(budget.knownUsd() + budget.assumedUsd()).isBetween(99.0, 100.0);
    assertThat(budget.calls()).isLessThanOrEqualTo(500);
  }

  private static void spend(Budget budget, int seed) {
    try {
      for (int i = seed; budget.reserve(1); i++) {
        assertThat(budget.knownUsd() + budget.assumedUsd()).isLessThanOrEqualTo(100);
        if (i % 3 == 0) {
          budget.assumed(1);
        } else if (i % 3 == 1) {
          budget.spent(1, 0.25);
        } else {
          budget.release(1);
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
