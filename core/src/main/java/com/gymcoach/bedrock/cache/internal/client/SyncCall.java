package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.engine.PendingCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call through a sync client. Holds the client's response, so that the caller gets it whatever
 * breaks in the cache afterwards.
 */
final class SyncCall<R> implements PendingCall<R, R>, BedrockCall<R> {
  private final Supplier<R> client;
  private final Supplier<CallerContext> contexts;
  private final OnceOnlyCall<R> origin = new OnceOnlyCall<>(this);
  private boolean made;
  private @Nullable R response;
  private @Nullable Result<R> result;

  /**
   * Creates a call that has not been made yet.
   *
   * @param contexts captures the context of the caller's thread, for a call made on another thread
   */
  SyncCall(Supplier<R> client, Supplier<CallerContext> contexts) {
    this.client = client;
    this.contexts = contexts;
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
    result = answer.toCompletableFuture().join();
  }

  @Override
  @SuppressWarnings("NullAway") // a client that returns null does so through the cache as well
  public R result() {
    return response != null && !result.ok() ? response : result.orThrow();
  }

  @Override
  public boolean isMade() {
    return made;
  }

  @Override
  @SuppressWarnings("NullAway") // as above
  public R rescue(Throwable broken) {
    if (response != null) {
      return response;
    }
    return Result.<R>failed(origin.thrown() == null ? broken : origin.thrown()).orThrow();
  }

  @Override
  public CompletionStage<R> begin(CacheOutcome outcome) {
    made = true;
    R answer = client.get();
    response = answer;
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  public BedrockCall<R> again() {
    CallerContext context = contexts.get();
    Supplier<R> wrapped = client; // without this caller's answer
    return outcome -> CompletableFuture.completedFuture(context.call(wrapped));
  }
}
