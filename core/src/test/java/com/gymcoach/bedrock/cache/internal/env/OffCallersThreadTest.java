package com.gymcoach.bedrock.cache.internal.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OffCallersThreadTest {

  @Test
  void execute_whenTheExecutorRunsTasksItself_usesAnotherThread() throws Exception {
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    new OffCallersThread(Runnable::run).execute(() -> ran.complete(Thread.currentThread()));
    Thread other = ran.get(30, TimeUnit.SECONDS);
    assertThat(other).isNotSameAs(Thread.currentThread());
    assertThat(other.isDaemon()).isTrue();
  }

  @Test
  void execute_whenTheExecutorRunsTasksLater_leavesThemToIt() {
    Queue<Runnable> later = new ArrayDeque<>();
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    new OffCallersThread(later::add).execute(() -> ran.complete(Thread.currentThread()));
    later.remove().run(); // the submitting thread, but not while it submits
    assertThat(ran).isCompletedWithValue(Thread.currentThread());
  }

  @Test
  void execute_whenTheExecutorRejects_throws() {
    OffCallersThread executor =
        new OffCallersThread(
            task -> {
              throw new RejectedExecutionException("full");
            });
    assertThatThrownBy(() -> executor.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }
}
