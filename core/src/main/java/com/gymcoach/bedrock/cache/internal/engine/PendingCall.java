package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import java.util.concurrent.CompletionStage;

/**
 * A call whose answer is not in memory, as its caller sees it. The answer comes from the store,
 * another caller's call, or Bedrock.
 *
 * @param <R> the response, or a whole stream
 * @param <T> the type that the client's method returns
 */
public interface PendingCall<R, T> {

  /** Returns this caller's call to Bedrock, which may never be made. */
  OnceOnlyCall<R> origin();

  /** Returns how the caller waits. */
  WaitStrategy waiting();

  /**
   * Takes the answer, which may come later. Throws only if the cache breaks, for example when the
   * stack ends.
   */
  void take(CompletionStage<Result<R>> answer);

  /** Returns or throws what the caller gets, after {@link #take} has returned. */
  T result();

  /** Returns whether the client has been called. */
  boolean isMade();

  /** Returns or throws what the client has given, after the cache broke. */
  T rescue(Throwable broken);
}
