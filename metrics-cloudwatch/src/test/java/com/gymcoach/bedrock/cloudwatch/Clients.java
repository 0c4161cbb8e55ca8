package com.gymcoach.bedrock.cloudwatch;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatch.CloudWatchAsyncClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

/** The SDK's own clients, which what is tested is to behave the same with. */
enum Clients {
  SYNC {
    @Override
    CloudWatchMetricsSink.Builder sink(URI endpoint) {
      return CloudWatchMetricsSink.builder()
          .client(
              set(CloudWatchClient.builder(), endpoint)
                  .httpClient(UrlConnectionHttpClient.create())
                  .build());
    }
  },
  ASYNC {
    @Override
    CloudWatchMetricsSink.Builder sink(URI endpoint) {
      return CloudWatchMetricsSink.builder()
          .client(
              set(CloudWatchAsyncClient.builder(), endpoint)
                  .httpClient(NettyNioAsyncHttpClient.create())
                  .build());
    }
  };

  /** Returns a sink that sends there when told, and never by itself. */
  CloudWatchMetricsSink.Builder to(CloudWatchStandIn standIn) {
    return sink(standIn.endpoint()).ticks((interval, task) -> () -> {});
  }

  abstract CloudWatchMetricsSink.Builder sink(URI endpoint);

  private static <B extends AwsClientBuilder<B, C>, C> B set(B builder, URI endpoint) {
    return builder
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .overrideConfiguration(c -> c.retryStrategy(AwsRetryStrategy.doNotRetry()));
  }
}
