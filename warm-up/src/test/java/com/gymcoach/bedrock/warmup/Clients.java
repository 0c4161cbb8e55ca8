package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClientBuilder;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClientBuilder;

/** Real clients of a stand-in, without retries of their own unless their name says so. */
final class Clients {
  private Clients() {}

  static BedrockRuntimeClient sync(BedrockStandIn bedrock) {
    return syncBuilder(bedrock)
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  static BedrockRuntimeAsyncClient async(BedrockStandIn bedrock) {
    return asyncBuilder(bedrock)
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  /** Returns a client that makes three attempts. */
  static BedrockRuntimeClient retrying(BedrockStandIn bedrock) {
    return syncBuilder(bedrock)
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.standardRetryStrategy()))
        .build();
  }

  /** Returns a client that makes three attempts. */
  static BedrockRuntimeAsyncClient retryingAsync(BedrockStandIn bedrock) {
    return asyncBuilder(bedrock)
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.standardRetryStrategy()))
        .build();
  }

  private static BedrockRuntimeClientBuilder syncBuilder(BedrockStandIn bedrock) {
    return BedrockRuntimeClient.builder()
        .endpointOverride(bedrock.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClient(UrlConnectionHttpClient.create());
  }

  private static BedrockRuntimeAsyncClientBuilder asyncBuilder(BedrockStandIn bedrock) {
    return BedrockRuntimeAsyncClient.builder()
        .endpointOverride(bedrock.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClient(NettyNioAsyncHttpClient.create());
  }
}
