package com.gymcoach.bedrock.examples.lambda;

import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The SDK's clients, on one HTTP client; region and credentials are the environment's. */
record Clients(SdkHttpClient http, BedrockRuntimeClient bedrock, DynamoDbClient dynamoDb)
    implements AutoCloseable {

  static Clients create() {
    SdkHttpClient http = Apache5HttpClient.create();
    return new Clients(
        http,
        BedrockRuntimeClient.builder().httpClient(http).build(),
        DynamoDbClient.builder()
            .httpClient(http) // and no retries: what is late in the table is asked of the model
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build());
  }

  @Override
  public void close() {
    bedrock.close();
    dynamoDb.close();
    http.close();
  }
}
