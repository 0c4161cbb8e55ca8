package com.gymcoach.bedrock.examples.local;

import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import java.util.List;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** The real services. An outage is simulated by sending requests to a closed port. */
final class AwsServices implements Services {
  private final Line bedrockLine = new Line();
  private final Line dynamoDbLine = new Line();
  private final BedrockRuntimeClient bedrock;
  private final DynamoDbClient dynamoDb;

  /** Takes complete builders, to which only a disconnectable line is added. */
  AwsServices(BedrockRuntimeClientBuilder bedrock, DynamoDbClientBuilder dynamoDb) {
    this.bedrock =
        bedrock
            .httpClientBuilder(Apache5HttpClient.builder())
            .overrideConfiguration(o -> o.addExecutionInterceptor(bedrockLine))
            .build();
    this.dynamoDb =
        dynamoDb
            .httpClientBuilder(Apache5HttpClient.builder())
            .overrideConfiguration(
                o ->
                    o.addExecutionInterceptor(dynamoDbLine)
                        .retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
  }

  /**
   * Connects to the services in the region and account of the environment.
   *
   * @throws SetupException if the environment names none, or the table is not as the cache needs it
   */
  static AwsServices connect(
      AwsRegionProvider regions, AwsCredentialsProvider credentials, String table) {
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
    AwsServices services =
        new AwsServices(
            BedrockRuntimeClient.builder().region(region).credentialsProvider(credentials),
            DynamoDbClient.builder().region(region).credentialsProvider(credentials));
    try {
      services.requireTable(table);
    } catch (SetupException e) {
      services.close();
      throw e;
    }
    return services;
  }

  /**
   * Checks that the table is as the cache needs it.
   *
   * @throws SetupException if it is not; the message says what is wrong
   */
  void requireTable(String table) {
    try (DynamoDbCacheStore store =
        DynamoDbCacheStore.builder().client(dynamoDb).tableName(table).build()) {
      List<String> problems = store.verify();
      if (!problems.isEmpty()) {
        throw new SetupException(String.join("\n", problems));
      }
    }
  }

  @Override
  public String introduction() {
    return "Bedrock and DynamoDB are the real ones, in your AWS account: answers cost tokens.";
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
  public boolean up(Name service) {
    return !line(service).isCut();
  }

  @Override
  public void turn(Name service, boolean up) {
    line(service).cut(!up);
  }

  private Line line(Name service) {
    return switch (service) {
      case DYNAMODB -> dynamoDbLine;
      case BEDROCK -> bedrockLine;
    };
  }

  @Override
  public void close() {
    bedrock.close();
    dynamoDb.close();
  }
}
