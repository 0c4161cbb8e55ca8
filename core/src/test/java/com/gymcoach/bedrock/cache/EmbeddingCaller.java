package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.Result;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** With which client embeddings are asked for: the two must not drift apart. */
enum EmbeddingCaller {
  SYNC {
    @Override
    InvokeModelResponse call(
        FakeCohere cohere, BedrockCache cache, CacheScope scope, InvokeModelRequest request) {
      return CachingBedrockClient.create(cohere, cache).forScope(scope).invokeModel(request);
    }
  },
  ASYNC {
    @Override
    InvokeModelResponse call(
        FakeCohere cohere, BedrockCache cache, CacheScope scope, InvokeModelRequest request) {
      try {
        return CachingBedrockAsyncClient.create(cohere.async(), cache)
            .forScope(scope)
            .invokeModel(request)
            .join();
      } catch (CompletionException failed) {
        throw Result.<RuntimeException>unchanged(
            failed.getCause() == null ? failed : failed.getCause());
      }
    }
  };

  /** Calls, waits for the answer, and throws what the call failed with. */
  abstract InvokeModelResponse call(
      FakeCohere cohere, BedrockCache cache, CacheScope scope, InvokeModelRequest request);
}
