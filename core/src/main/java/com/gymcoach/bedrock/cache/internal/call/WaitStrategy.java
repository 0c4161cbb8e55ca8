package com.gymcoach.bedrock.cache.internal.call;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * How a caller waits, which is all that differs between the sync and async clients in the engine. A
 * sync caller waits on its own thread, so continuations also run there. An async caller never
 * blocks.
 */
public interface WaitStrategy {

  /**
   * Returns a stage that completes like the given one, or with a {@link
   * java.util.concurrent.TimeoutException} when the limit has passed. It never fails: failures are
   * returned as results. The given stage is not cancelled.
   *
   * @param limit the longest to wait, or null for no limit
   */
  <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage);

  /**
   * Does the same as {@link #within} for a stage completed by another caller's call. Continuations
   * must not run on that call's thread, because it serves other callers too.
   */
  default <T extends @Nullable Object> CompletionStage<Result<T>> behindAnother(
      @Nullable Duration limit, CompletionStage<T> stage) {
    return within(limit, stage);
  }

  /** Returns whether a caller's thread is blocked until the stages that it waits for complete. */
  default boolean blocksCaller() {
    return false;
  }

  /**
   * Returns a stage as a plain future, which can be converted, completed and waited for. A stage
   * from a store or a client may not support all of these.
   */
  static <T extends @Nullable Object> CompletableFuture<T> plain(CompletionStage<T> stage) {
    if (stage.getClass() == CompletableFuture.class) {
      return (CompletableFuture<T>) stage;
    }
    CompletableFuture<T> plain = new CompletableFuture<>();
    try {
      stage.whenComplete(
          (value, failure) -> {
            if (failure == null) {
              plain.complete(value);
            } else {
              plain.completeExceptionally(failure);
            }
          });
    } catch (Throwable broken) {
      plain.completeExceptionally(broken);
    }
    return plain;
  }

  /** Returns the result of a completed stage. */
  static <T extends @Nullable Object> Result<T> result(
      @Nullable T value, @Nullable Throwable failure) {
    return new Result<>(value, failure == null ? null : Result.bare(failure));
  }
}
