package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler.Visitor;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A sync and an async client to ask with, bare or through a cache. None of them retries, so that a
 * call that fails is seen to fail. Thread-safe.
 */
record Clients(BedrockRuntimeClient sync, BedrockRuntimeAsyncClient async)
    implements AutoCloseable {
  private static final int CONNECTIONS = 512;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** An answer's text and what the cache says of it. */
  record Reply(String text, CacheOutcome outcome) {}

  /** Returns the SDK's own: Apache 5 and Netty. */
  static Clients bare(URI bedrock) {
    return new Clients(
        BedrockRuntimeClient.builder()
            .endpointOverride(bedrock)
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(http())
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build(),
        BedrockRuntimeAsyncClient.builder()
            .endpointOverride(bedrock)
            .region(Region.US_EAST_1)
            .credentialsProvider(AnonymousCredentialsProvider.create())
            .httpClientBuilder(
                NettyNioAsyncHttpClient.builder()
                    .protocol(Protocol.HTTP1_1)
                    .maxConcurrency(CONNECTIONS)
                    .connectionAcquisitionTimeout(PATIENCE)
                    .readTimeout(PATIENCE))
            .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build());
  }

  /** Returns a client for the table. */
  static DynamoDbClient dynamoDb(URI endpoint) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
        .httpClientBuilder(http())
        .overrideConfiguration(o -> o.retryStrategy(AwsRetryStrategy.doNotRetry()))
        .build();
  }

  /** Returns a client for metrics. */
  static CloudWatchClient cloudWatch(URI endpoint) {
    return CloudWatchClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("none", "none")))
        .httpClientBuilder(http())
        .build();
  }

  private static Apache5HttpClient.Builder http() {
    return Apache5HttpClient.builder()
        .maxConnections(CONNECTIONS)
        .connectionAcquisitionTimeout(PATIENCE)
        .socketTimeout(PATIENCE);
  }

  /** Asks with the sync client. */
  Reply ask(Ask ask) {
    return reply(sync.converse(ask.request()));
  }

  /** Asks with the async client and waits: for a whole answer, or for the end of a stream. */
  Reply askAsync(Ask ask) {
    try {
      return ask.stream() ? stream(ask) : reply(async.converse(ask.request()).join());
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private Reply stream(Ask ask) {
    StringBuilder text = new StringBuilder();
    CacheOutcome[] outcome = new CacheOutcome[1];
    async
        .converseStream(
            ask.streamRequest(),
            ConverseStreamResponseHandler.builder()
                .onResponse(response -> outcome[0] = CacheOutcome.of(response))
                .subscriber(
                    Visitor.builder()
                        .onContentBlockDelta(delta -> text.append(delta.delta().text()))
                        .build())
                .build())
        .join();
    return new Reply(text.toString(), outcome[0]);
  }

  private static Reply reply(ConverseResponse response) {
    return new Reply(
        response.output().message().content().get(0).text(), CacheOutcome.of(response));
  }

  @Override
  public void close() {
    sync.close();
    async.close();
  }
}
