package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The README's example; a test compares the two. */
final class ReadmeExample {
  private ReadmeExample() {}

  static CacheOutcome ask(
      BedrockRuntimeClient bedrockRuntime,
      DynamoDbClient dynamoDb,
      String userId,
      ConverseRequest request) {
    // region readme
    BedrockCache cache =
        BedrockCache.builder()
            .ttlPolicy(TtlPolicy.byEndpoint(Map.of("chat", Duration.ofHours(1))))
            .store(
                DynamoDbCacheStore.builder().client(dynamoDb).tableName("gymcoach-ai-main").build())
            .build();
    CachingBedrockClient bedrock = CachingBedrockClient.create(bedrockRuntime, cache);

    ConverseResponse reply =
        bedrock.forScope(CacheScope.user(userId).endpoint("chat")).converse(request);

    CacheOutcome outcome = CacheOutcome.of(reply); // HIT from HOT, 12 s old
    // endregion
    return outcome;
  }
}
