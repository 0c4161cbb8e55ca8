package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.ApiRequest.JSON;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

/**
 * Start-up work before the first request, and SnapStart's hooks before a snapshot and after a
 * restore.
 */
record ColdStart(BedrockCache cache) implements Resource {
  private static final Logger LOG = LoggerFactory.getLogger(ColdStart.class);
  private static final List<Resource> KEPT = new CopyOnWriteArrayList<>();

  /** Returns the cache's keys. Read once: a changed secret needs new processes. */
  static CacheKeys keys(SdkHttpClient http, Settings settings) {
    if (!settings.hasKeys()) {
      return CacheKeys.none();
    }
    try (SecretsManagerClient client = SecretsManagerClient.builder().httpClient(http).build()) {
      return CacheKeys.read(client, settings.keysSecret());
    }
  }

  /** Primes the code, and registers hooks that keep the cache's data out of a snapshot. */
  static void prepare(BedrockCache cache, Settings settings) {
    prime(settings);
    ColdStart hooks = new ColdStart(cache);
    KEPT.add(hooks); // the context holds only weak references
    Core.getGlobalContext().register(hooks);
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    cache.beforeCheckpoint();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    cache.afterRestore();
    LOG.info("Restored from a snapshot");
  }

  /**
   * Looks up an answer that does not exist, and counts a question if there is a quota: a process's
   * first calls load classes, which would delay the first request. The clients are closed, because
   * their connections would be dead in a snapshot.
   */
  private static void prime(Settings settings) {
    Duration patience = Duration.ofSeconds(3);
    try (SdkHttpClient http = Apache5HttpClient.create();
        DynamoDbClient dynamoDb = GymCoachCache.dynamoDb(http);
        BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().httpClient(http).build();
        BedrockCache patient =
            BedrockCache.builder()
                .store(
                    DynamoDbCacheStore.builder()
                        .client(dynamoDb)
                        .tableName(settings.tableName())
                        .firstReadBudget(patience)
                        .build())
                .build()) {
      int limit = Settings.questionsPerHour(System.getenv()) == 0 ? 0 : Integer.MAX_VALUE;
      new Quota(
              new Quota.Counter(dynamoDb, settings.tableName(), limit, KeySecret.none(), patience),
              Clock.systemUTC())
          .take("nobody");
      CachingBedrockClient.create(bedrock, patient)
          .forScope(CacheScope.user("nobody").endpoint("chat"))
          .converse(
              request ->
                  request
                      .modelId(settings.modelId())
                      .system(Prompts.system(Question.CHAT))
                      .messages(Prompts.message(Question.CHAT, JSON.createObjectNode()))
                      .overrideConfiguration(CacheControl.ONLY_IF_CACHED::applyTo));
    } catch (SdkException nothingKept) { // or no table: the cache handles that
    }
  }
}
