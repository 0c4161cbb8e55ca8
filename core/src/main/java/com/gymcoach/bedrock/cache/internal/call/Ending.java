package com.gymcoach.bedrock.cache.internal.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ends a caller's future at the end of a chain of stages. */
public final class Ending {
  private Ending() {}

  /**
   * Ensures that a future completes even if the step that should complete it broke, for example by
   * a stack overflow or an out-of-memory error. A stage swallows what its step throws, so without
   * this a caller would wait for the future forever.
   *
   * @param step the stage of the step that should complete the future
   * @throws RuntimeException if the step has already failed: the callers of this method have more
   *     stack left to handle it
   */
  public static void orElse(CompletionStage<?> step, CompletableFuture<?> future) {
    CompletableFuture<?> done = step.toCompletableFuture();
    if (done.isDone()) {
      done.join();
      return;
    }
    CompletableFuture<@Nullable Void> unused =
        done.handle(
            (nothing, broken) -> {
              if (broken != null) {
                future.completeExceptionally(Result.bare(broken));
              }
              return null;
            });
  }

  /** Passes on the end of a caller's future: its failure or null. A null future has ended. */
  public static void tell(
      @Nullable CompletableFuture<?> future, Consumer<@Nullable Throwable> end) {
    if (future == null) {
      end.accept(null);
      return;
    }
    CompletableFuture<?> unused = future.whenComplete((value, failure) -> end.accept(failure));
  }
}
