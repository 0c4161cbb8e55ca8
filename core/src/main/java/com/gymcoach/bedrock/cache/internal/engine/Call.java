package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * One call as a facade hands it over.
 *
 * @param operation what is called
 * @param request with what
 * @param scope who may share the answer, or null where nobody said
 * @param scopeFailure what the function threw that was to give the scope, or null
 * @param client the client behind; its key is part of the call's
 * @param timeout how long the client would let the call take, or null for any time
 */
public record Call<Q extends AwsRequest, R>(
    CacheableOperation<Q, R> operation,
    Q request,
    @Nullable CacheScope scope,
    @Nullable Throwable scopeFailure,
    ClientIdentity client,
    @Nullable Duration timeout) {}
