package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.examples.lambda.CacheKeys;
import com.gymcoach.bedrock.examples.lambda.GymCoachCache;
import com.gymcoach.bedrock.examples.lambda.Settings;
import java.time.Duration;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Configures the cache as the function does, except for three things: the table may take longer,
 * each call is noted, and misses are explained.
 */
final class TwinCache {
  /** The store's default, which is not shortened. */
  private static final Duration WRITE_BUDGET = Duration.ofMillis(250);

  /** Enough for what one person tries out. */
  private static final int RECENT_CALLS = 200;

  private TwinCache() {}

  /** Returns a new cache. Closing it closes neither the client nor the sink. */
  static BedrockCache create(
      DynamoDbClient dynamoDb,
      Settings settings,
      Duration readBudget,
      CallNotes notes,
      MetricsSink sink) {
    return GymCoachCache.builder(settings, CacheKeys.none())
        .store(
            DynamoDbCacheStore.builder()
                .client(dynamoDb)
                .tableName(settings.tableName())
                .readBudget(readBudget)
                .writeBudget(readBudget.compareTo(WRITE_BUDGET) > 0 ? readBudget : WRITE_BUDGET)
                .build())
        .metricsSink(MetricsSink.all(sink, notes))
        .tracer(notes)
        .explains(RECENT_CALLS)
        .trustedInterceptors(Line.class)
        .build();
  }
}
