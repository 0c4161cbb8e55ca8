package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A call through an async client. */
public final class AsyncCall<R> implements BedrockCall<R> {
  private final Supplier<CompletableFuture<R>> client;
  private volatile @Nullable CompletableFuture<R> made;
  private volatile boolean cancelled;

  /** Creates a call that has not been made yet. */
  public AsyncCall(Supplier<CompletableFuture<R>> client) {
    this.client = client;
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

  /** Returns the client's future, or null if the client was not called or threw. */
  public @Nullable CompletableFuture<R> made() {
    return made;
  }

  @Override
  public BedrockCall<R> again() {
    return new AsyncCall<>(client);
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
