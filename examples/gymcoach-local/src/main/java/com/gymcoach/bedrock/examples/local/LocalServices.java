package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The SDK's clients, connected to a stand-in for Bedrock and to DynamoDB Local. */
final class LocalServices implements Services {
  private final Duration delay;
  private final BedrockStandIn standIn;
  private final DynamoDbLocal local;
  private final BedrockRuntimeClient bedrock;
  private final DynamoDbClient dynamoDb;
  private final Set<Name> down = EnumSet.noneOf(Name.class);

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
    return "Bedrock is a stand-in that calls no model and whose delay of %s s is played; DynamoDB is DynamoDB Local, in memory. The function, the cache and the SDK's clients are real."
        .formatted(delay.toMillis() / 1000.0);
  }

  @Override
  public BedrockRuntimeClient bedrock() {
    return bedrock;
  }

  @Override
  public DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  @Override
  public synchronized boolean up(Name service) {
    return !down.contains(service);
  }

  @Override
  public synchronized void turn(Name service, boolean up) {
    if (up ? down.remove(service) : down.add(service)) {
      switch (service) {
        case DYNAMODB -> turnDynamoDb(up);
        case BEDROCK -> turnBedrock(up);
      }
    }
  }

  private void turnDynamoDb(boolean up) {
    if (up) {
      local.resume();
    } else {
      local.stop();
    }
  }

  private void turnBedrock(boolean up) {
    if (up) {
      standIn.resume();
    } else {
      standIn.stop();
    }
  }

  @Override
  public void close() {
    bedrock.close();
    dynamoDb.close();
    standIn.close();
    local.close();
  }
}
