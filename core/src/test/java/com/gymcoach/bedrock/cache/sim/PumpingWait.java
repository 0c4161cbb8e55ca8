package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for a stage by letting the loop go on, as a blocked thread lets the other threads. */
record PumpingWait(EventLoop loop) implements WaitStrategy {

  @Override
  public <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage) {
    CompletableFuture<Result<T>> ended = WaitStrategy.plain(stage).handle(WaitStrategy::result);
    long deadline = limit == null ? Long.MAX_VALUE : loop.now() + Math.max(0, limit.toNanos());
    loop.runUntil(ended::isDone, deadline);
    return ended.isDone()
        ? ended
        : CompletableFuture.completedFuture(Result.failed(new TimeoutException()));
  }
}
