package com.gymcoach.bedrock.testkit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a store's stages, for 10 s at most. */
final class Stages {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Stages() {}

  /** Returns the value that the stage completes with. */
  static <T extends @Nullable Object> T get(CompletionStage<T> stage) {
    try {
      return settled(stage);
    } catch (ExecutionException e) {
      throw new AssertionError("The store failed", e.getCause());
    }
  }

  /** Returns the failure of a call, which must be reported by its stage, not thrown. */
  static Throwable failure(String what, Supplier<? extends CompletionStage<?>> call) {
    CompletionStage<?> stage;
    try {
      stage = call.get();
    } catch (Throwable thrown) {
      throw new AssertionError(what + " threw; it must complete its stage exceptionally", thrown);
    }
    try {
      settled(stage);
    } catch (ExecutionException e) {
      return e.getCause() == null ? e : e.getCause();
    }
    throw new AssertionError(what + " succeeded; it must complete its stage exceptionally");
  }

  private static <T extends @Nullable Object> T settled(@Nullable CompletionStage<T> stage)
      throws ExecutionException {
    if (stage == null) {
      throw new AssertionError("The store returned null; it must return a stage");
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    stage.whenComplete(
        (value, failure) -> {
          if (failure == null) {
            future.complete(value);
          } else {
            future.completeExceptionally(failure);
          }
        });
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(
          "The store's stage was not complete after " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("The test was interrupted while it waited for the store", e);
    }
  }
}
