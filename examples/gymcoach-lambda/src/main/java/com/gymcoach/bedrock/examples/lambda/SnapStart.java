package com.gymcoach.bedrock.examples.lambda;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.spi.MetricsSink;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What Lambda's SnapStart runs before it takes its snapshot, and in each clone afterwards. */
record SnapStart(BedrockCache cache, Settings settings) implements Resource {

  private static final List<Resource> KEPT = new CopyOnWriteArrayList<>();

  static void register(BedrockCache cache, Settings settings) {
    SnapStart resource = new SnapStart(cache, settings);
    KEPT.add(resource); // the context holds it weakly
    Core.getGlobalContext().register(resource);
  }

  @Override
  public void beforeCheckpoint(Context<? extends Resource> context) {
    prime();
    cache.beforeCheckpoint();
  }

  @Override
  public void afterRestore(Context<? extends Resource> context) {
    cache.afterRestore();
  }

  /**
   * Looks an answer up that is not there, so that the snapshot has the classes and the compiled
   * code of a look-up. The clients are thrown away: their connections would be dead in the clones.
   * What fails here fails nobody.
   */
  private void prime() {
    try (SdkHttpClient http = Apache5HttpClient.create();
        BedrockRuntimeClient bedrock = BedrockRuntimeClient.builder().httpClient(http).build();
        DynamoDbClient dynamoDb = GymCoachCache.dynamoDb(http);
        BedrockCache primed = GymCoachCache.create(dynamoDb, settings, MetricsSink.none())) {
      CachingBedrockClient.create(bedrock, primed)
          .forScope(CacheScope.user("nobody").endpoint("chat"))
          .converse(
              request ->
                  request
                      .modelId(settings.modelId())
                      .system(Prompts.system("chat"))
                      .messages(Prompts.message("Hello"))
                      .overrideConfiguration(CacheControl.ONLY_IF_CACHED::applyTo));
    } catch (SdkException nothingKept) { // as is to be expected
    }
  }
}
