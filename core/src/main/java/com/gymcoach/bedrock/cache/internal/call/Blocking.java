package com.gymcoach.bedrock.cache.internal.call;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits on the caller's thread. The stages it returns are already complete. */
public enum Blocking implements WaitStrategy {
  /** The only instance. */
  INSTANCE;

  @Override
  public <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage) {
    return CompletableFuture.completedFuture(await(limit, stage));
  }

  @Override
  public boolean blocksCaller() {
    return true;
  }

  private static <T extends @Nullable Object> Result<T> await(
      @Nullable Duration limit, CompletionStage<T> stage) {
    CompletableFuture<Result<T>> future = // fails, rather than hangs, if this step breaks
        WaitStrategy.plain(stage).handle(WaitStrategy::result);
    try {
      return limit == null
          ? future.get()
          : future.get(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      return Result.failed(e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      // Restore the interrupt flag: the caller's next blocking call must see it.
      Thread.currentThread().interrupt();
      return Result.failed(e);
    } catch (TimeoutException e) {
      return Result.failed(e);
    }
  }
}
