package com.gymcoach.bedrock.cache.internal.call;

import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Timers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Never blocks. A continuation runs on the thread that completes the stage. It runs on the fallback
 * executor if that thread belongs to another caller, or if the time limit has passed: the whole JVM
 * has only one timer thread.
 */
public final class NonBlocking implements WaitStrategy {
  private final Executor fallback;
  private final Timers timers;

  /** Creates a strategy that never blocks. */
  public NonBlocking(Environment environment) {
    this.fallback = environment.fallback();
    this.timers = environment.timers();
  }

  @Override
  public <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage) {
    return within(limit, stage, Runnable::run);
  }

  @Override
  public <T extends @Nullable Object> CompletionStage<Result<T>> behindAnother(
      @Nullable Duration limit, CompletionStage<T> stage) {
    return within(limit, stage, fallback);
  }

  private <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage, Executor continuation) {
    CompletableFuture<Result<T>> ended = // fails, rather than hangs, if this step breaks
        WaitStrategy.plain(stage).handleAsync(WaitStrategy::result, continuation);
    if (limit != null && !ended.isDone()) {
      endAfter(limit, ended);
    }
    return ended;
  }

  private <T extends @Nullable Object> void endAfter(
      Duration limit, CompletableFuture<Result<T>> ended) {
    CompletableFuture<?> timer = timers.after(limit);
    CompletableFuture<?> unused =
        timer.thenRunAsync(() -> ended.complete(Result.failed(new TimeoutException())), fallback);
    unused = ended.whenComplete((result, broken) -> timer.cancel(false));
  }
}
