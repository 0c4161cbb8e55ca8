package com.gymcoach.bedrock.examples.lambda;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The cache as GymCoach sets it up. */
public final class GymCoachCache {
  /** How long an answer is kept, by endpoint; for any other endpoint, an hour. */
  static final Map<String, Duration> TTLS =
      Map.ofEntries(
          Map.entry("chat", Duration.ofHours(1)),
          Map.entry("workout-plan", Duration.ofDays(1)),
          Map.entry("meal-plan", Duration.ofDays(1)),
          Map.entry("progress-analysis", Duration.ofMinutes(30)),
          Map.entry("form-check", Duration.ofHours(2)),
          Map.entry("motivation", Duration.ofHours(1)),
          Map.entry("nutrition-analysis", Duration.ofHours(1)),
          Map.entry("macro-calculation", Duration.ofDays(1)),
          Map.entry("workout-adaptation", Duration.ofHours(2)),
          Map.entry("exercise-substitution", Duration.ofHours(12)),
          Map.entry("performance-analysis", Duration.ofHours(1)),
          Map.entry("personalization", Duration.ofHours(2)),
          Map.entry("memory", Duration.ofMinutes(30)));

  private GymCoachCache() {}

  /**
   * Returns the cache: memory, and the table behind it. {@code CACHE_ENABLED=false} switches it
   * off.
   *
   * @param dynamoDb a client that does not retry; not closed by the cache
   * @param sink who hears of each call; not closed by the cache
   */
  public static BedrockCache create(DynamoDbClient dynamoDb, Settings settings, MetricsSink sink) {
    return BedrockCache.builder()
        .mode(CacheMode.fromEnvironment())
        .rolloutPercent(() -> Double.valueOf(settings.rolloutPercent()))
        .ttlPolicy(TtlPolicy.byEndpoint(TTLS))
        .store(
            DynamoDbCacheStore.builder().client(dynamoDb).tableName(settings.tableName()).build())
        .metricsSink(sink)
        .build();
  }
}
