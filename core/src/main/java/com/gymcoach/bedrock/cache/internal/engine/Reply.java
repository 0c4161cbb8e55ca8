package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.engine.Flights.Landing;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.FailureKinds;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one who asked on behalf of all has found.
 *
 * @param answer for the one who asked
 * @param usage the tokens that it cost
 * @param warmWrite what is still to be done once the followers have their answer, ending in the
 *     answer as it is then; null for nothing
 */
record Reply<R>(
    Answer<R> answer,
    @Nullable TokenUsage usage,
    @Nullable Supplier<CompletionStage<Answer<R>>> warmWrite) {

  static <R> Reply<R> of(Answer<R> answer, @Nullable TokenUsage usage) {
    return new Reply<>(answer, usage, null);
  }

  /** The warm write comes when the followers have their answer; only the leader waits for it. */
  CompletionStage<Answer<R>> afterwards() {
    return warmWrite == null ? CompletableFuture.completedFuture(answer) : warmWrite.get();
  }

  /** Returns what this means for the followers. */
  Landing landing(CacheableOperation<?, R> operation) {
    R response = answer.result().valueOrNull();
    Throwable failure = answer.result().failure();
    if (response != null) {
      CacheReason refusal = answer.outcome().reason().orElse(null);
      if (refusal == CacheReason.INCOMPLETE_BODY || !operation.isWhole(response)) {
        return Landing.UNSHAREABLE;
      }
      CacheOutcome outcome =
          answer.outcome().cached() ? answer.outcome() : CacheOutcome.coalesced();
      return new Landing.Answered(response, outcome, usage);
    }
    return failure == null || !FailureKinds.concernsEveryCaller(failure)
        ? Landing.ABANDONED
        : new Landing.Failed(Result.bare(failure));
  }
}
