package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A call as the caller made it.
 *
 * @param operation the operation called
 * @param request the request, unchanged
 * @param scope who may share the answer, or null if neither the request nor the client says
 * @param scopeFailure the exception of the service's scope function, or null
 * @param client the identity of the wrapped client; part of the key
 * @param timeout the call's own deadline as the SDK would apply it, or null for none
 */
public record CallerRequest<Q extends AwsRequest, R>(
    CacheableOperation<Q, R> operation,
    Q request,
    @Nullable CacheScope scope,
    @Nullable Throwable scopeFailure,
    ClientIdentity client,
    @Nullable Duration timeout) {}
