package com.gymcoach.bedrock.cache.internal.engine;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * All that differs between the sync and the async client: what it means to wait. A sync caller
 * waits on its own thread, so that whatever comes next runs there too; an async caller does not
 * wait.
 */
public interface WaitStrategy {

  /**
   * Returns a stage that ends as the given one does, or with a {@link
   * java.util.concurrent.TimeoutException} when the time is up. It never fails: failures come as
   * results. The given stage goes on undisturbed.
   *
   * @param limit how long to wait, or null for as long as it takes
   */
  <T extends @Nullable Object> CompletionStage<Result<T>> within(
      @Nullable Duration limit, CompletionStage<T> stage);

  /**
   * Returns the same of a stage that another caller's call ends: what comes next must not run on
   * that call's thread, which has others to see to.
   */
  default <T extends @Nullable Object> CompletionStage<Result<T>> behindAnother(
      @Nullable Duration limit, CompletionStage<T> stage) {
    return within(limit, stage);
  }

  /**
   * Returns a stage as a plain future, which can be converted, completed and waited for. A stage
   * that a store or a client makes may refuse any of these.
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

  /** Returns how a stage ended. */
  static <T extends @Nullable Object> Result<T> result(
      @Nullable T value, @Nullable Throwable failure) {
    return new Result<>(value, failure == null ? null : Result.bare(failure));
  }
}
