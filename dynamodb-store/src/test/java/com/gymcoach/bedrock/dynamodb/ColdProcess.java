package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.CannedHttp.Reply;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The first calls of a process, one after the other, with a line before each. */
final class ColdProcess {
  static final String STEP = "step: ";

  private static final String ANSWER =
      "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Squats.\"}]}},"
          + "\"stopReason\":\"end_turn\","
          + "\"usage\":{\"inputTokens\":1,\"outputTokens\":1,\"totalTokens\":2}}";

  private ColdProcess() {}

  /** Lives once. */
  public static void main(String[] args) {
    step("the service's own client");
    try (BedrockRuntimeClient bedrock =
            BedrockRuntimeClient.builder()
                .endpointOverride(URI.create("http://127.0.0.1:1"))
                .region(Region.US_EAST_1)
                .credentialsProvider(
                    StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
                .httpClient(new CannedHttp(request -> Reply.ok(ANSWER)))
                .build();
        DynamoDbClient dynamoDb =
            Dynamo.retrying(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
                .httpClient(
                    new CannedHttp(
                        request -> Reply.ok("{\"Responses\":{},\"UnprocessedKeys\":{}}")))
                .build()) {
      bedrock.converse(question());
      step("build");
      try (BedrockCache cache =
          BedrockCache.builder()
              .store(
                  DynamoDbCacheStore.builder()
                      .client(dynamoDb)
                      .tableName("t")
                      .readBudget(Duration.ofSeconds(20))
                      .writeBudget(Duration.ofSeconds(20))
                      .build())
              .build()) {
        CachingBedrockClient cached =
            CachingBedrockClient.create(bedrock, cache)
                .forScope(CacheScope.user("user-42").endpoint("chat"));
        step("miss");
        CacheOutcome miss = CacheOutcome.of(cached.converse(question()));
        step("hit");
        CacheOutcome hit = CacheOutcome.of(cached.converse(question()));
        step("end " + miss.status() + " " + miss.stored() + " " + hit.source());
      }
    }
  }

  private static ConverseRequest question() {
    return ConverseRequest.builder()
        .modelId("amazon.nova-micro-v1:0")
        .messages(Message.builder().role("user").content(ContentBlock.fromText("Legs?")).build())
        .build();
  }

  private static void step(String name) {
    System.out.println(STEP + name);
  }
}
