package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.FailureKinds;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one who asked on behalf of all has found.
 *
 * @param answer for the one who asked
 * @param kept the form of the answer that followers are given a copy of; null if it was not made
 * @param usage the tokens that it cost
 * @param warmWrite what is still to be done once the followers have their answer, ending in the
 *     answer as it is then; null for nothing
 */
record Loaded<R>(
    Answer<R> answer,
    @Nullable Kept<?> kept,
    @Nullable TokenUsage usage,
    @Nullable Supplier<CompletionStage<Answer<R>>> warmWrite) {

  static <R> Loaded<R> of(Answer<R> answer, @Nullable TokenUsage usage) {
    return new Loaded<>(answer, null, usage, null);
  }

  /** The warm write comes when the followers have their answer; only the leader waits for it. */
  CompletionStage<Answer<R>> afterwards() {
    return warmWrite == null ? CompletableFuture.completedFuture(answer) : warmWrite.get();
  }

  /**
   * Returns what this means for the followers. To be called before the one who asked has its
   * answer, which it may change as it likes.
   */
  Landing landing(CacheableOperation<?, R> operation) {
    R response = answer.result().valueOrNull();
    Throwable failure = answer.result().failure();
    if (response != null) {
      CacheReason refusal = answer.outcome().reason().orElse(null);
      if (refusal == CacheReason.INCOMPLETE_BODY
          || refusal
              == CacheReason.EMPTY_ANSWER // a call of the follower's own may bring a real one
          || !operation.isWhole(response)) {
        return Landing.UNSHAREABLE;
      }
      CacheOutcome outcome =
          answer.outcome().cached() ? answer.outcome() : CacheOutcome.coalesced();
      try {
        return new Landing.Answered(kept == null ? operation.keep(response) : kept, outcome, usage);
      } catch (RuntimeException | Error broken) {
        return Landing.UNSHAREABLE; // it cannot be copied: out of memory, say
      }
    }
    return failure == null || !FailureKinds.concernsEveryCaller(failure)
        ? Landing.ABANDONED
        : new Landing.Failed(Result.bare(failure));
  }
}
