package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import com.gymcoach.bedrock.cache.internal.call.Ending;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.engine.OnceOnlyCall;
import com.gymcoach.bedrock.cache.internal.engine.PendingCall;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call through an async client. The caller gets a separate future, which it may cancel. */
final class AsyncCall<R> implements PendingCall<R, CompletableFuture<R>>, BedrockCall<R> {
  private final Supplier<CompletableFuture<R>> client;
  private final WaitStrategy waiting;
  private final OnceOnlyCall<R> origin = new OnceOnlyCall<>(this);
  private final CompletableFuture<R> future = new CompletableFuture<>();
  private volatile @Nullable CompletableFuture<R> made;
  private volatile boolean cancelled;

  /** Creates a call that has not been made yet. */
  AsyncCall(Supplier<CompletableFuture<R>> client, WaitStrategy waiting) {
    this.client = client;
    this.waiting = waiting;
  }

  @Override
  public OnceOnlyCall<R> origin() {
    return origin;
  }

  @Override
  public WaitStrategy waiting() {
    return waiting;
  }

  @Override
  public void take(CompletionStage<Result<R>> stage) {
    CompletableFuture<Result<R>> answer = stage.toCompletableFuture();
    Ending.orElse(answer.thenAccept(this::end), future);
    CompletableFuture<?> unused =
        future.whenComplete(
            (response, failure) -> {
              if (!answer.isDone()) { // ended by the caller: cancel, orTimeout, complete
                origin.leave();
              }
            });
  }

  private void end(Result<R> result) {
    if (result.failure() == null) {
      future.complete(result.valueOrNull());
    } else {
      future.completeExceptionally(result.failure());
    }
  }

  @Override
  public CompletableFuture<R> result() {
    return origin.orThrown(future);
  }

  @Override
  public boolean isMade() {
    return made != null || origin.thrown() != null;
  }

  @Override
  public CompletableFuture<R> rescue(Throwable broken) {
    return origin.givenOrThrown(made, future);
  }

  @Override
  public CompletionStage<R> begin(CacheOutcome outcome) {
    if (cancelled) {
      return CompletableFuture.failedFuture(new CancellationException("Nobody waits any more"));
    }
    CompletableFuture<R> call = client.get();
    made = call;
    if (cancelled) {
      call.cancel(true);
    }
    return call;
  }

  @Override
  public BedrockCall<R> again() {
    Supplier<CompletableFuture<R>> wrapped = client; // without this caller's future
    return outcome -> wrapped.get();
  }

  @Override
  public void cancel() {
    cancelled = true;
    CompletableFuture<R> call = made;
    if (call != null) {
      call.cancel(true);
    }
  }
}
