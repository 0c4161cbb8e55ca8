package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.engine.BedrockCall;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A sync client's call. It holds what the client returned, so that its caller gets it whatever
 * breaks in the cache afterwards.
 */
public final class SyncCall<R> implements BedrockCall<R> {
  private final Supplier<R> client;
  private final Supplier<CallerContext> contexts;
  private boolean made;
  private @Nullable R response;

  /**
   * Returns a call that has not been made.
   *
   * @param contexts captures what the caller's thread holds, for a call made on another thread
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

  /** Returns what the client returned, or null where it was not called, or threw. */
  public @Nullable R response() {
    return response;
  }
}
