package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheMissException;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A method that looks for an answer and has no client to call: wherever the engine would call
 * Bedrock, the call fails. Its request must say {@code ONLY_IF_CACHED}, so that no stale answer is
 * refreshed and no hit is verified.
 */
record LookUp<Q extends AwsRequest, R>(CacheableOperation<Q, R> operation)
    implements ClientMethod<Q, R, CacheOutcome> {

  /** Returns the outcome of a cache that is off or does not work. */
  @Override
  public CacheOutcome direct(@Nullable Q request) {
    return Outcome.bypass(CacheReason.SWITCHED_OFF);
  }

  @Override
  public CacheOutcome fromMemory(R response) {
    return CacheOutcome.of(operation.head(response));
  }

  @Override
  public void whenEnded(@Nullable CacheOutcome given, Consumer<@Nullable Throwable> end) {
    end.accept(null);
  }

  @Override
  public PendingCall<R, CacheOutcome> prepare(Exchange<Q, R> exchange) {
    return new Pending(exchange);
  }

  private final class Pending implements PendingCall<R, CacheOutcome>, BedrockCall<R> {
    private final Exchange<Q, R> exchange;
    private final OnceOnlyCall<R> origin = new OnceOnlyCall<>(this);
    private @Nullable R found;

    Pending(Exchange<Q, R> exchange) {
      this.exchange = exchange;
    }

    @Override
    public OnceOnlyCall<R> origin() {
      return origin;
    }

    @Override
    public WaitStrategy waiting() {
      return Blocking.INSTANCE;
    }

    @Override
    public void take(CompletionStage<Result<R>> answer) {
      found = answer.toCompletableFuture().join().valueOrNull();
    }

    @Override
    public CacheOutcome result() {
      if (found != null) {
        return fromMemory(found);
      }
      CacheReason absent =
          Explainer.isUnread(exchange.log().faults())
              ? CacheReason.STORE_UNREAD
              : CacheReason.ABSENT;
      return exchange.plan() instanceof Plan.Bypass bypass
          ? Outcome.bypass(bypass.reason())
          : exchange.observed() ? direct(null) : exchange.withExplanation(Outcome.miss(absent));
    }

    @Override
    public boolean isMade() {
      return false;
    }

    @Override
    public CacheOutcome rescue(Throwable broken) {
      return Outcome.bypass(CacheReason.ENGINE_FAILED);
    }

    @Override
    public CompletionStage<R> begin(CacheOutcome outcome) {
      return CompletableFuture.failedFuture(CacheMissException.create());
    }

    @Override
    public BedrockCall<R> again() {
      return outcome -> CompletableFuture.failedFuture(CacheMissException.create());
    }
  }
}
