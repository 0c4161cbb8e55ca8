package com.gymcoach.bedrock.cache.internal.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * One method of a caching client: how the wrapped client is called, and in which form the caller
 * gets an answer.
 *
 * @param <Q> the request
 * @param <R> the response, or a whole stream
 * @param <T> the type that the method returns
 */
public interface ClientMethod<Q extends AwsRequest, R, T> {

  /** Calls the wrapped client without the cache, and returns or throws what the client does. */
  T direct(@Nullable Q request);

  /** Gives the caller a response found in memory. */
  T fromMemory(R response);

  /**
   * Passes on the end of the call as its caller sees it: now for a sync method, and when the future
   * completes for an async one.
   *
   * @param given the value that the caller gets
   * @param end receives the failure that the caller gets, or null; called exactly once
   */
  void whenEnded(@Nullable T given, Consumer<@Nullable Throwable> end);

  /** Prepares the call to Bedrock, without making it: memory has no answer. */
  PendingCall<R, T> prepare(Exchange<Q, R> exchange);
}
