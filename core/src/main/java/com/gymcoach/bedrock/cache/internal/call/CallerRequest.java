package com.gymcoach.bedrock.cache.internal.call;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.RequestCopy;
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
  private static final ClientIdentity NO_CLIENT = new ClientIdentity("", false);

  /**
   * The scope of a call.
   *
   * @param scope the scope, or null if neither the request nor the client has one
   * @param failure the exception thrown by the service's scope function, or null
   */
  public record ResolvedScope(@Nullable CacheScope scope, @Nullable Throwable failure) {}

  /** Returns a request of an operation, to be judged and not to be sent: no client is known. */
  @SuppressWarnings("unchecked") // an operation is found by the class of its requests
  public static CallerRequest<?, ?> of(
      CacheableOperation<?, ?> operation, AwsRequest request, CacheScope scope) {
    return new CallerRequest<>(
        (CacheableOperation<AwsRequest, ?>) operation,
        request,
        new ResolvedScope(scope, null),
        NO_CLIENT,
        null);
  }

  /** Returns the same request as another client would send it. */
  public CallerRequest<Q, R> by(ClientIdentity other) {
    return new CallerRequest<>(operation, request, resolvedScope, other, timeout);
  }

  /** Returns this request in a form that its caller cannot change. */
  public CallerRequest<Q, R> owned() {
    Q copy = RequestCopy.withOverrides(request);
    return new CallerRequest<>(operation, copy, resolvedScope, client, timeout);
  }

  /** Returns the same call with another request. */
  public CallerRequest<Q, R> with(Q other) {
    return new CallerRequest<>(operation, other, resolvedScope, client, timeout);
  }

  /** Returns the scope, or null if there is none. */
  public @Nullable CacheScope scope() {
    return resolvedScope.scope();
  }
}
