package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperations;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;

/**
 * Passes CountTokens through the cache. This is apart from the clients because an SDK below the
 * supported minimum lacks the operation: the JVM loads a class's types when it verifies that one
 * can be passed on as another, and a client must then still reach Bedrock.
 */
final class CountTokensCalls {
  private CountTokensCalls() {}

  static CountTokensResponse call(CachingBedrockClient client, CountTokensRequest request) {
    return client.cached(
        CacheableOperations.COUNT_TOKENS, request, BedrockRuntimeClient::countTokens);
  }

  static CompletableFuture<CountTokensResponse> call(
      CachingBedrockAsyncClient client, CountTokensRequest request) {
    return client.cached(
        CacheableOperations.COUNT_TOKENS, request, BedrockRuntimeAsyncClient::countTokens);
  }

  static long invalidate(ClientSupport support, BedrockRuntimeRequest request) {
    return support.invalidate(CacheableOperations.COUNT_TOKENS, (CountTokensRequest) request);
  }
}
