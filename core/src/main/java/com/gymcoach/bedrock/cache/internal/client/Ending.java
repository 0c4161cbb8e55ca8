package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.engine.Result;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Ends a caller's future at the end of a chain of stages. */
public final class Ending {
  private Ending() {}

  /**
   * Sees to it that a future ends although the step that was to end it broke: the stack may have
   * come to its end, or the heap. A stage keeps to itself what its step throws, and whoever waits
   * for the future would wait for ever.
   *
   * @param step the stage of the step that ends the future
   * @throws RuntimeException what broke, where that has happened by now: the callers of this method
   *     have more of the stack left
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
}
