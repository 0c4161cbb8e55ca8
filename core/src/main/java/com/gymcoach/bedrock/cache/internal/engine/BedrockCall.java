package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A call to Bedrock as a facade makes it. Used for one call; thread-safe. */
public interface BedrockCall<R> {

  /**
   * Makes the call. It may throw, as a sync client does, or return a stage that fails.
   *
   * @param outcome why the call is made; whether the answer is kept is not known yet
   */
  CompletionStage<R> begin(CacheOutcome outcome);

  /** Others wait for the answer now: it must not come at the pace of the one who asked. */
  default void hurry() {}

  /** Nobody waits for the answer any more. */
  default void abandon() {
    cancel();
  }

  /**
   * Returns a stage that ends when the caller has been given what came with the answer: what can
   * wait, such as a write to a store, waits for it.
   */
  default CompletionStage<@Nullable Void> delivered() {
    return CompletableFuture.completedFuture(null);
  }

  /** Returns a call like this one that has not been made, for nobody who is waiting. */
  default BedrockCall<R> again() {
    return this;
  }

  /** Ends the call, if that can be done. */
  default void cancel() {}
}
