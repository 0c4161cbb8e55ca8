package com.gymcoach.bedrock.benchmarks;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.crt.AwsCrtHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Starts a service once, in a separate JVM: its Bedrock client and a first call without a cache,
 * then the parts that the cache adds. See {@link ColdStart}.
 */
final class ColdCall {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String TABLE = "table";
  static final CacheScope SCOPE = CacheScope.user("user-42").endpoint("chat");

  private long lastCpu;

  /**
   * Lives and prints how many microseconds of processor time each part took.
   *
   * @param args the HTTP client, and where Bedrock and the table are
   */
  public static void main(String[] args) throws IOException {
    new ColdCall().live(args[0], URI.create(args[1]), URI.create(args[2]));
  }

  private void live(String httpClient, URI bedrockAt, URI tableAt) throws IOException {
    part("JVM");
    SdkHttpClient http =
        httpClient.equals("crt") ? AwsCrtHttpClient.create() : Apache5HttpClient.create();
    part("HTTP client");
    BedrockRuntimeClient bedrock = bedrock(http, bedrockAt);
    part("Bedrock client");
    bedrock.converse(ask("what the service asks first"));
    part("first call");
    DynamoDbClient dynamoDb = dynamoDb(http, tableAt);
    part("+ DynamoDB client");
    BedrockCache cache = cache(dynamoDb);
    CachingBedrockClient cached = CachingBedrockClient.create(bedrock, cache).forScope(SCOPE);
    part("+ cache");
    CacheOutcome found = CacheOutcome.of(cached.converse(ask("what is in the table")));
    part("+ first warm hit");
    if (found.source() != CacheSource.WARM) {
      throw new IllegalStateException("It was to come from the table, and was " + found);
    }
    cached.converse(ask("what nobody has asked before"));
    part("(first miss, Bedrock's answer included)");
  }

  private void part(String name) throws IOException {
    long now = ProcessorTime.ofProcess();
    System.out.println((now - lastCpu) / 1_000 + " " + name);
    lastCpu = ProcessorTime.ofProcess();
  }

  static ConverseRequest ask(String text) {
    return ConverseRequest.builder()
        .modelId("amazon.nova-micro-v1:0")
        .messages(Message.builder().role("user").content(ContentBlock.fromText(text)).build())
        .build();
  }

  static BedrockCache cache(DynamoDbClient dynamoDb) {
    return BedrockCache.builder()
        .store(
            DynamoDbCacheStore.builder()
                .client(dynamoDb)
                .tableName(TABLE)
                .readBudget(PATIENCE) // or a slow JVM gives up, which is to be seen, not to be had
                .writeBudget(PATIENCE)
                .build())
        .build();
  }

  static BedrockRuntimeClient bedrock(SdkHttpClient http, URI at) {
    return BedrockRuntimeClient.builder()
        .endpointOverride(at)
        .region(Region.US_EAST_1)
        .credentialsProvider(nobody())
        .httpClient(http)
        .build();
  }

  static DynamoDbClient dynamoDb(SdkHttpClient http, URI at) {
    return DynamoDbClient.builder()
        .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .endpointOverride(at)
        .region(Region.US_EAST_1)
        .credentialsProvider(nobody())
        .httpClient(http)
        .build();
  }

  private static AwsCredentialsProvider nobody() {
    return StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none"));
  }
}
