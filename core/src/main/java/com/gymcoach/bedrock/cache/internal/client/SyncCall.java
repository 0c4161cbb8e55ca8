package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.BedrockCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call through a sync client. Holds the client's response, so that the caller gets it whatever
 * breaks in the cache afterwards.
 */
public final class SyncCall<R> implements BedrockCall<R> {
  private final Supplier<R> client;
  private final Supplier<CallerContext> contexts;
  private boolean made;
  private @Nullable R response;

  /**
   * Creates a call that has not been made yet.
   *
   * @param contexts captures the context of the caller's thread, for a call made on another thread
   */
  public SyncCall(Supplier<R> client, Supplier<CallerContext> contexts) {
    this.client = client;
    this.contexts = contexts;
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
    return new SyncCall<>(() -> context.call(client), contexts);
  }

  /** Returns whether the client has been called. */
  public boolean made() {
    return made;
  }

  /** Returns the client's response, or null if the client was not called or threw. */
  public @Nullable R response() {
    return response;
  }
}
