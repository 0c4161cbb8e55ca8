package com.gymcoach.bedrock.cache.internal.call;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A call to Bedrock through the wrapped client. Used for one call. Thread-safe. */
public interface BedrockCall<R> {

  /**
   * Makes the call. A failure is either thrown, as by a sync client, or returned as a failed stage.
   *
   * @param outcome why the call is made; it does not say yet whether the answer is kept
   */
  CompletionStage<R> begin(CacheOutcome outcome);

  /**
   * Tells the call that followers now wait for its answer. It must no longer wait for its own
   * caller.
   */
  default void hurry() {}

  /** Tells the call that all callers have left. */
  default void abandon() {
    cancel();
  }

  /**
   * Returns a stage that completes when the caller has received the whole answer. Deferred work,
   * such as a write to a store, waits for it.
   */
  default CompletionStage<@Nullable Void> delivered() {
    return CompletableFuture.completedFuture(null);
  }

  /** Returns a new call like this one, not yet made, on behalf of no caller. */
  default BedrockCall<R> again() {
    return this;
  }

  /** Returns whether {@link #again} returns a call that can be made in the background. */
  default boolean isRepeatable() {
    return true;
  }

  /** Cancels the call if possible. */
  default void cancel() {}
}
