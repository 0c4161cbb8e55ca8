package com.gymcoach.bedrock.examples.load.day;

import com.gymcoach.bedrock.dynamodb.CacheAdmin;
import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.examples.load.Stamp;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The services that the function calls: a stand-in for Bedrock, and DynamoDB Local with the table,
 * each by a real client of the SDK's that does not retry. Thread-safe.
 */
final class Cloud implements AutoCloseable {
  static final String TABLE = "gymcoach-ai-main";
  private static final int CONNECTIONS = 200;

  /** Names the user of the calling thread to the stand-in, which could not know it otherwise. */
  static final class TellsTheUser implements ExecutionInterceptor {
    static final ThreadLocal<String> USER = ThreadLocal.withInitial(() -> "nobody");

    @Override
    public SdkHttpRequest modifyHttpRequest(
        Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
      return context.httpRequest().toBuilder().putHeader(Stamp.USER_HEADER, USER.get()).build();
    }
  }

  private final Duration bound;
  private final ModelStandIn model = new ModelStandIn();
  private final BedrockStandIn standIn =
      BedrockStandIn.start().delay(ModelStandIn.DELAY).answerWith(model);
  private final DynamoDbLocal table = DynamoDbLocal.start();
  private final SdkHttpClient http =
      Apache5HttpClient.builder().maxConnections(CONNECTIONS).build();
  private final DynamoDbClient dynamoDb =
      configured(DynamoDbClient.builder().httpClient(http).endpointOverride(table.endpoint()))
          .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
          .build();
  private final BedrockRuntimeClient bedrock =
      configured(
              BedrockRuntimeClient.builder().httpClient(http).endpointOverride(standIn.endpoint()))
          .overrideConfiguration(
              o ->
                  o.retryStrategy(AwsRetryStrategy.doNotRetry())
                      .addExecutionInterceptor(new TellsTheUser()))
          .build();

  /**
   * Starts the services.
   *
   * @param bound the time within which every process obeys an invalidation or a live setting
   */
  Cloud(Duration bound) {
    this.bound = bound;
    CacheTable.create(dynamoDb, TABLE);
  }

  private static <B extends AwsClientBuilder<B, ?>> B configured(B builder) {
    return builder
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }

  Duration bound() {
    return bound;
  }

  DynamoDbClient dynamoDb() {
    return dynamoDb;
  }

  BedrockRuntimeClient bedrock() {
    return bedrock;
  }

  /** Returns what an operator does to the table. */
  CacheAdmin operator() {
    return CacheAdmin.builder().client(dynamoDb).tableName(TABLE).build();
  }

  /** Refuses connections to the table, or accepts them again. */
  void table(boolean isThere) {
    if (isThere) {
      table.resume();
    } else {
      table.stop();
    }
  }

  ModelStandIn model() {
    return model;
  }

  @Override
  public void close() {
    bedrock.close();
    dynamoDb.close();
    http.close();
    standIn.close();
    table.close();
  }
}
