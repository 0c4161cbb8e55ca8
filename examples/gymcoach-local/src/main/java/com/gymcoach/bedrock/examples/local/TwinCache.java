package com.gymcoach.bedrock.examples.local;

import static java.util.Map.entry;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.examples.lambda.Settings;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Configures the cache as the function does, except for two things: the table may take longer, and
 * each call is noted. {@code GymCoachCache} has no setting for either. A test compares the TTLs.
 */
final class TwinCache {
  /** The store's default, which is not shortened. */
  private static final Duration WRITE_BUDGET = Duration.ofMillis(250);

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

  private TwinCache() {}

  /** Returns a new cache. Closing it closes neither the client nor the sink. */
  static BedrockCache create(
      DynamoDbClient dynamoDb,
      Settings settings,
      Duration readBudget,
      CallNotes notes,
      MetricsSink sink) {
    return BedrockCache.builder()
        .mode(CacheMode.fromEnvironment())
        .rolloutPercent(() -> Double.valueOf(settings.rolloutPercent()))
        .ttlPolicy(TtlPolicy.byEndpoint(TTLS))
        .store(
            DynamoDbCacheStore.builder()
                .client(dynamoDb)
                .tableName(settings.tableName())
                .readBudget(readBudget)
                .writeBudget(readBudget.compareTo(WRITE_BUDGET) > 0 ? readBudget : WRITE_BUDGET)
                .build())
        .metricsSink(MetricsSink.all(sink, notes))
        .tracer(notes)
        .trustedInterceptors(Line.class)
        .build();
  }
}
