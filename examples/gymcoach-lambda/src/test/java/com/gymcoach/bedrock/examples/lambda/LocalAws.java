package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** DynamoDB Local with GymCoach's table, a stand-in for Bedrock, and the SDK's clients for both. */
final class LocalAws implements AutoCloseable {
  private static final RetryStrategy ONE_RETRY =
      AwsRetryStrategy.standardRetryStrategy().toBuilder()
          .maxAttempts(2)
          .backoffStrategy(BackoffStrategy.retryImmediately())
          .throttlingBackoffStrategy(BackoffStrategy.retryImmediately())
          .circuitBreakerEnabled(false)
          .build();

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

  /** Starts when a test first wants it. */
  private static final class Shared {
    static final LocalAws AWS = new LocalAws();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(AWS::close)); // its threads are no daemons
    }

    private Shared() {}
  }

  /** Returns the instance that all tests of this JVM share: each test has different users. */
  static LocalAws shared() {
    return Shared.AWS;
  }

  private LocalAws() {
    CacheTable.create(dynamoDb, "gymcoach-ai-main");
  }

  /**
   * Has the stand-in answer each Converse call with the body that arrived: an answer tells its
   * request.
   */
  void answerWithTheRequest() {
    standIn.answerWith(
        request -> {
          ObjectNode answer = Events.json().put("stopReason", "end_turn");
          answer.withObject("/usage").put("inputTokens", 1).put("outputTokens", 1);
          answer
              .withObject("/output/message")
              .put("role", "assistant")
              .putArray("content")
              .addObject()
              .put("text", new String(request.body(), StandardCharsets.UTF_8));
          return BedrockStandIn.Reply.json(answer.toString());
        });
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

  /** Returns a client for the stand-in for Bedrock that is watched. */
  BedrockRuntimeClient bedrock(ExecutionInterceptor watcher) {
    return configured(
            BedrockRuntimeClient.builder().httpClient(http).endpointOverride(standIn.endpoint()))
        .overrideConfiguration(o -> o.addExecutionInterceptor(watcher).retryStrategy(ONE_RETRY))
        .build();
  }

  /** With one retry, at once: a connection may be dead that was there before an outage. */
  private static <B extends AwsClientBuilder<B, ?>> B configured(B builder) {
    return builder
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .overrideConfiguration(o -> o.retryStrategy(ONE_RETRY));
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
