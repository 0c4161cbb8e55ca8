package com.gymcoach.bedrock.examples.quickstart;

import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** The real services. Requests are counted in the SDK, beneath the cache. */
final class AwsServices implements Services {
  private final RequestCounter bedrockCounter = new RequestCounter();
  private final RequestCounter dynamoDbCounter = new RequestCounter();
  private final BedrockRuntimeClient bedrock;
  private final BedrockRuntimeAsyncClient bedrockStreams;
  private final DynamoDbClient dynamoDb;

  /** Takes complete builders, to which only counters are added. */
  AwsServices(
      BedrockRuntimeClientBuilder bedrock,
      BedrockRuntimeAsyncClientBuilder bedrockStreams,
      DynamoDbClientBuilder dynamoDb) {
    this.bedrock =
        counted(bedrock, bedrockCounter).httpClientBuilder(Apache5HttpClient.builder()).build();
    this.bedrockStreams = counted(bedrockStreams, bedrockCounter).build();
    this.dynamoDb =
        counted(dynamoDb, dynamoDbCounter).httpClientBuilder(Apache5HttpClient.builder()).build();
  }

  /**
   * Connects to the services in the region and account of the environment.
   *
   * @throws SetupException if the environment names none
   */
  static AwsServices connect(AwsRegionProvider regions, AwsCredentialsProvider credentials) {
    Region region;
    try {
      region = regions.getRegion();
    } catch (SdkClientException e) { // its message lists every place searched
      throw new SetupException("No AWS region is configured: set AWS_REGION.");
    }
    try {
      credentials.resolveCredentials();
    } catch (SdkClientException e) { // its message does, too
      throw new SetupException("No AWS credentials were found: log in, or set AWS_PROFILE.");
    }
    return new AwsServices(
        BedrockRuntimeClient.builder().region(region).credentialsProvider(credentials),
        BedrockRuntimeAsyncClient.builder().region(region).credentialsProvider(credentials),
        DynamoDbClient.builder().region(region).credentialsProvider(credentials));
  }

  /** Disables retries, so that one call is one request and the counts are exact. */
  private static <B extends AwsClientBuilder<B, ?>> B counted(B builder, RequestCounter counter) {
    return builder.overrideConfiguration(
        o -> o.addExecutionInterceptor(counter).retryStrategy(AwsRetryStrategy.doNotRetry()));
  }

  @Override
  public String introduction() {
    return """
        Bedrock and DynamoDB are the real ones, in your AWS account: this costs a few tokens.
        The outage of step 7 is simulated, by sending requests to a closed port.
        """;
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

  /** Returns the requests that the SDK got answers to. */
  @Override
  public Counts arrived() {
    int reads = dynamoDbCounter.of("BatchGetItem");
    return new Counts(bedrockCounter.all(), reads, dynamoDbCounter.all() - reads);
  }

  @Override
  public void outage(boolean on) {
    dynamoDbCounter.cut(on);
  }

  @Override
  public void close() {
    bedrock.close();
    bedrockStreams.close();
    dynamoDb.close();
  }
}
