package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.engine.Result;
import com.gymcoach.bedrock.cache.internal.engine.WaitStrategy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Does not wait. What comes next runs on the thread that ends the stage; elsewhere where that is
 * another caller's, and when the time is up, for the timer's thread is the only one that the whole
 * JVM has.
 */
public final class NonBlocking implements WaitStrategy {
  private final Executor elsewhere;

  /**
   * Returns what does not wait.
   *
   * @param elsewhere where it goes on otherwise; it takes every task
   */
  public NonBlocking(Executor elsewhere) {
    this.elsewhere = elsewhere;
  }

  @Override
  public <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage) {
    return within(limit, stage, Runnable::run);
  }

  @Override
  public <T extends @Nullable Object> CompletionStage<Result<T>> behindAnother(
      @Nullable Duration limit, CompletionStage<T> stage) {
    return within(limit, stage, elsewhere);
  }

  private <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage, Executor goesOn) {
    CompletableFuture<Result<T>> ended = // fails where this step breaks, rather than never end
        WaitStrategy.plain(stage).handleAsync(WaitStrategy::result, goesOn);
    if (limit != null && !ended.isDone()) {
      endAfter(limit, ended);
    }
    return ended;
  }

  private <T extends @Nullable Object> void endAfter(
      Duration limit, CompletableFuture<Result<T>> ended) {
    CompletableFuture<Void> timer =
        new CompletableFuture<Void>()
            .completeOnTimeout(null, Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
    CompletableFuture<?> unused =
        timer.thenRunAsync(() -> ended.complete(Result.failed(new TimeoutException())), elsewhere);
    unused = ended.whenComplete((result, broken) -> timer.cancel(false));
  }
}
