package com.gymcoach.bedrock.examples.lambda;

import static java.util.Map.entry;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** GymCoach's configuration of the cache. */
public final class GymCoachCache {
  /** The CloudWatch namespace of the metrics. The dashboard and the alarms read it. */
  public static final String METRICS_NAMESPACE = "GymCoachAI/AI";

  /** The TTL of each endpoint. All other endpoints have 1 hour. */
  static final Map<String, Duration> TTLS =
      Map.ofEntries(
          entry("chat", Duration.ofHours(1)),
          entry("workout-plan", Duration.ofDays(1)),
          entry("meal-plan", Duration.ofDays(1)),
          entry("progress-analysis", Duration.ofMinutes(30)),
          entry("form-check", Duration.ofHours(2)),
          entry("motivation", Duration.ofHours(1)),
          entry("nutrition-analysis", Duration.ofHours(1)),
          entry("macro-calculation", Duration.ofDays(1)),
          entry("workout-adaptation", Duration.ofHours(2)),
          entry("exercise-substitution", Duration.ofHours(12)),
          entry("performance-analysis", Duration.ofHours(1)),
          entry("personalization", Duration.ofHours(2)),
          entry("memory", Duration.ofMinutes(30)));

  static final TtlPolicy TTL_POLICY = TtlPolicy.byEndpoint(TTLS);

  private GymCoachCache() {}

  /** Returns a client that does not retry: if the table is slow, the model answers instead. */
  static DynamoDbClient dynamoDb(SdkHttpClient http) {
    return DynamoDbClient.builder()
        .httpClient(http)
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  /**
   * Returns a cache with memory and table. Closing it closes neither the client nor the sink.
   *
   * @param observers interceptors of the Bedrock client that change no answer, such as for tracing
   */
  public static BedrockCache create(
      DynamoDbClient dynamoDb, Settings settings, MetricsSink sink, Class<?>... observers) {
    return create(dynamoDb, settings, CacheKeys.none(), sink, observers);
  }

  /** Returns a builder with GymCoach's settings. It still needs a store. */
  public static BedrockCacheBuilder builder(Settings settings, CacheKeys keys) {
    BedrockCacheBuilder builder =
        BedrockCache.builder()
            .mode(CacheMode.fromEnvironment())
            .rolloutPercent(() -> Double.valueOf(settings.rolloutPercent()))
            .ttlPolicy(TTL_POLICY)
            .liveSettingsFromStore() // the operators' brake: docs/operations/rollback.md
            .keySecret(keys.keySecret());
    return keys.sealer() == null ? builder : builder.sealer(keys.sealer());
  }

  /** Returns a cache that hides users in the table and encrypts answers there. */
  static BedrockCache create(
      DynamoDbClient dynamoDb,
      Settings settings,
      CacheKeys keys,
      MetricsSink sink,
      Class<?>... observers) {
    return builder(settings, keys)
        .store(
            DynamoDbCacheStore.builder().client(dynamoDb).tableName(settings.tableName()).build())
        .metricsSink(sink)
        .trustedInterceptors(observers)
        .build();
  }
}
