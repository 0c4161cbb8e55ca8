package com.gymcoach.bedrock.examples.lambda;

import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** DynamoDB Local with GymCoach's table, a stand-in for Bedrock, and the SDK's clients for both. */
final class LocalAws implements AutoCloseable {
  final BedrockStandIn standIn = BedrockStandIn.start();
  final DynamoDbLocal local = DynamoDbLocal.start();
  final SdkHttpClient http = Apache5HttpClient.create();
  final DynamoDbClient dynamoDb =
      configured(DynamoDbClient.builder().httpClient(http).endpointOverride(local.endpoint()))
          .build();
  final BedrockRuntimeClient bedrock =
      configured(
              BedrockRuntimeClient.builder().httpClient(http).endpointOverride(standIn.endpoint()))
          .build();

  LocalAws() {
    CacheTable.create(dynamoDb, "gymcoach-ai-main");
  }

  /** Returns the environment of a function that is to use these. */
  Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_DYNAMODB", local.endpoint().toString(),
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", standIn.endpoint().toString(),
        "AWS_REGION", "us-east-1",
        "AWS_ACCESS_KEY_ID", "local",
        "AWS_SECRET_ACCESS_KEY", "local");
  }

  /** Without retries: what arrives can then be counted. */
  private static <B extends AwsClientBuilder<B, ?>> B configured(B builder) {
    return builder
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  @Override
  public void close() {
    bedrock.close();
    dynamoDb.close();
    http.close();
    standIn.close();
    local.close();
  }
}
