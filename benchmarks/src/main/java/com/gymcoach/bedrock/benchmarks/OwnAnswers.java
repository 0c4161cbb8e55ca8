package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import java.util.function.UnaryOperator;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** This project's cache in memory, called as its README says: scope and view made per call. */
final class OwnAnswers implements Answers {
  private final BedrockCache cache;
  private final CachingBedrockClient client;

  OwnAnswers(BedrockRuntimeClient bedrock, UnaryOperator<BedrockCacheBuilder> settings) {
    this.cache = settings.apply(BedrockCache.builder()).build();
    this.client = CachingBedrockClient.create(bedrock, cache);
  }

  @Override
  public InvokeModelResponse invokeModel(String user, InvokeModelRequest request) {
    return client.forScope(scope(user)).invokeModel(request);
  }

  @Override
  public ConverseResponse converse(String user, ConverseRequest request) {
    return client.forScope(scope(user)).converse(request);
  }

  private static CacheScope scope(String user) {
    return CacheScope.user(user).endpoint("chat");
  }

  @Override
  public void close() {
    cache.close();
  }
}
