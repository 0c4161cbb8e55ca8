package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.FailureKinds;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * The leader's result, before it is shared with followers.
 *
 * @param answer the leader's answer
 * @param kept the form of the answer from which followers get copies; null if it was not made
 * @param usage the tokens that the answer cost
 * @param write the store write that is still to be done, or null if there is none
 */
record Loaded<R>(
    Answer<R> answer,
    @Nullable Kept<?> kept,
    @Nullable TokenUsage usage,
    @Nullable StoreWrite<R> write) {

  /**
   * A write of the answer to the store.
   *
   * @param fence the fence under which the answer was made; if it is down, nothing is written
   * @param stored the answer if the store acknowledges the write
   */
  record StoreWrite<R>(Envelope envelope, Lifetime lifetime, Fence fence, Answer<R> stored) {}

  static <R> Loaded<R> of(Answer<R> answer, @Nullable TokenUsage usage) {
    return new Loaded<>(answer, null, usage, null);
  }

  /**
   * Returns the landing for the followers. Must be called before the leader gets its answer,
   * because the leader may modify it.
   */
  Landing landing(CacheableOperation<?, R> operation) {
    R response = answer.result().valueOrNull();
    Throwable failure = answer.result().failure();
    if (response != null) {
      CacheReason refusal = answer.outcome().reason().orElse(null);
      if (refusal == CacheReason.INCOMPLETE_BODY
          || refusal == CacheReason.EMPTY_ANSWER // a call by the follower may bring a real answer
          || !operation.isWhole(response)) {
        return Landing.UNSHAREABLE;
      }
      CacheOutcome outcome = answer.outcome().cached() ? answer.outcome() : Outcome.coalesced();
      try {
        return new Landing.Answered(kept == null ? operation.keep(response) : kept, outcome, usage);
      } catch (RuntimeException | Error broken) {
        return Landing.UNSHAREABLE; // it cannot be copied, for example when out of memory
      }
    }
    return failure == null || !FailureKinds.concernsEveryCaller(failure)
        ? Landing.ABANDONED
        : new Landing.Failed(Result.bare(failure));
  }
}
