package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.testkit.RecordedBedrock.Clients;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Real clients for a stand-in, as suppliers of what is to be recorded. */
public final class LocalClients extends Clients {
  /** How often a client was created. */
  static final AtomicInteger CREATED = new AtomicInteger();

  static volatile @Nullable URI endpoint;
  static volatile Region region = Region.US_EAST_1;

  static URI endpoint() {
    return Objects.requireNonNull(endpoint, "No stand-in: this run must not ask");
  }

  static BedrockRuntimeClient sync(URI endpoint, Region region) {
    return BedrockRuntimeClient.builder()
        .endpointOverride(endpoint)
        .region(region)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClient(UrlConnectionHttpClient.create())
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  static BedrockRuntimeAsyncClient async(URI endpoint, Region region) {
    return BedrockRuntimeAsyncClient.builder()
        .endpointOverride(endpoint)
        .region(region)
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClient(NettyNioAsyncHttpClient.create())
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  @Override
  public BedrockRuntimeClient client() {
    CREATED.incrementAndGet();
    return sync(endpoint(), region);
  }

  @Override
  public BedrockRuntimeAsyncClient asyncClient() {
    CREATED.incrementAndGet();
    return async(endpoint(), region);
  }
}
