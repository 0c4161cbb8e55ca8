package com.gymcoach.bedrock.examples.lambda;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The cache as GymCoach sets it up. */
public final class GymCoachCache {
  private GymCoachCache() {}

  /** Returns the cache on a table. It closes neither the client nor the sink. */
  public static BedrockCache create(DynamoDbClient dynamoDb, Settings settings, MetricsSink sink) {
    return BedrockCache.builder()
        .mode(CacheMode.fromEnvironment())
        .store(
            DynamoDbCacheStore.builder().client(dynamoDb).tableName(settings.tableName()).build())
        .metricsSink(sink)
        .build();
  }
}
