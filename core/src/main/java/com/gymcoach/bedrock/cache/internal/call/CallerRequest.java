package com.gymcoach.bedrock.cache.internal.call;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A caller's request, before planning.
 *
 * @param operation the operation called
 * @param request the request, unchanged
 * @param resolvedScope the users who may share the answer
 * @param client the identity of the wrapped client; part of the key
 * @param timeout the call's time limit as the SDK would apply it, or null for none
 */
public record CallerRequest<Q extends AwsRequest, R>(
    CacheableOperation<Q, R> operation,
    Q request,
    ResolvedScope resolvedScope,
    ClientIdentity client,
    @Nullable Duration timeout) {

  /**
   * The scope of a call.
   *
   * @param scope the scope, or null if neither the request nor the client has one
   * @param failure the exception thrown by the service's scope function, or null
   */
  public record ResolvedScope(@Nullable CacheScope scope, @Nullable Throwable failure) {}

  /** Returns the scope, or null if there is none. */
  public @Nullable CacheScope scope() {
    return resolvedScope.scope();
  }
}
