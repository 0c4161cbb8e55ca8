package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The SDK's clients, connected to a stand-in for Bedrock and to DynamoDB Local. */
final class LocalServices implements Services {
  private final Duration delay;
  private final BedrockStandIn standIn;
  private final DynamoDbLocal local;
  private final BedrockRuntimeClient bedrock;
  private final BedrockRuntimeAsyncClient bedrockStreams;
  private final DynamoDbClient dynamoDb;

  private LocalServices(Duration delay, BedrockStandIn standIn, DynamoDbLocal local) {
    this.delay = delay;
    this.standIn = standIn.delay(delay);
    this.local = local;
    this.bedrock =
        BedrockRuntimeClient.builder()
            .endpointOverride(standIn.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(Apache5HttpClient.builder())
            .build();
    this.bedrockStreams =
        BedrockRuntimeAsyncClient.builder()
            .endpointOverride(standIn.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(NettyNioAsyncHttpClient.builder().protocol(Protocol.HTTP1_1))
            .build();
    this.dynamoDb =
        DynamoDbClient.builder()
            .endpointOverride(local.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
            .httpClientBuilder(Apache5HttpClient.builder())
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
  }

  /**
   * Starts both services and creates the table.
   *
   * @param delay the latency of the stand-in's answers
   */
  static LocalServices start(Duration delay, String table) {
    LocalServices services =
        new LocalServices(delay, BedrockStandIn.start(), DynamoDbLocal.start());
    CacheTable.create(services.dynamoDb, table);
    return services;
  }

  @Override
  public String introduction() {
    return """
        Bedrock is a stand-in on this machine: it calls no model, and its delay of %s s is played.
        DynamoDB is DynamoDB Local, in this process. The SDK's clients and the cache are real.
        """
        .formatted(delay.toMillis() / 1000.0);
  }

  @Override
  public BedrockRuntimeClient bedrock() {
    return bedrock;
  }

  @Override
  public BedrockRuntimeAsyncClient bedrockStreams() {
    return bedrockStreams;
  }

  @Override
  public DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  /** Returns the counts of the two servers. */
  @Override
  public Counts arrived() {
    int reads = local.requests("BatchGetItem");
    return new Counts(standIn.requests(), reads, local.requests() - reads);
  }

  @Override
  public void outage(boolean on) {
    if (on) {
      local.stop();
    } else {
      local.resume();
    }
  }

  @Override
  public void close() {
    bedrock.close();
    bedrockStreams.close();
    dynamoDb.close();
    standIn.close();
    local.close();
  }
}
