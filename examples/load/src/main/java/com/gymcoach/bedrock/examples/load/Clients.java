package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.Protocol;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * A sync and an async client, bare or with a cache. Neither retries, so that every failed call is
 * visible. Thread-safe.
 */
record Clients(BedrockRuntimeClient sync, BedrockRuntimeAsyncClient async)
    implements AutoCloseable {
  private static final int CONNECTIONS = 512;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** An answer's text and the cache's outcome. */
  record Reply(String text, CacheOutcome outcome) {}

  /** Returns the SDK's clients, with Apache 5 and Netty. */
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

  /** Sends a request with the sync client. */
  Reply ask(Ask ask) {
    return switch (ask.operation()) {
      case CONVERSE -> reply(sync.converse(ask.converse()));
      case INVOKE_MODEL -> reply(sync.invokeModel(ask.invokeModel()));
      case CONVERSE_STREAM, INVOKE_MODEL_STREAM ->
          throw new IllegalArgumentException("The sync client has no streams");
    };
  }

  /**
   * Sends a request with the async client and blocks until the answer is complete or the stream has
   * ended.
   */
  Reply askAsync(Ask ask) {
    try {
      return switch (ask.operation()) {
        case CONVERSE -> reply(async.converse(ask.converse()).join());
        case INVOKE_MODEL -> reply(async.invokeModel(ask.invokeModel()).join());
        case CONVERSE_STREAM -> converseStream(ask);
        case INVOKE_MODEL_STREAM -> invokeModelStream(ask);
      };
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private Reply converseStream(Ask ask) {
    StringBuilder text = new StringBuilder();
    CacheOutcome[] outcome = new CacheOutcome[1];
    async
        .converseStream(
            ask.converseStream(),
            ConverseStreamResponseHandler.builder()
                .onResponse(response -> outcome[0] = CacheOutcome.of(response))
                .subscriber(
                    ConverseStreamResponseHandler.Visitor.builder()
                        .onContentBlockDelta(delta -> text.append(delta.delta().text()))
                        .build())
                .build())
        .join();
    return new Reply(text.toString(), outcome[0]);
  }

  private Reply invokeModelStream(Ask ask) {
    StringBuilder text = new StringBuilder();
    CacheOutcome[] outcome = new CacheOutcome[1];
    async
        .invokeModelWithResponseStream(
            ask.invokeModelStream(),
            InvokeModelWithResponseStreamResponseHandler.builder()
                .onResponse(response -> outcome[0] = CacheOutcome.of(response))
                .subscriber(
                    InvokeModelWithResponseStreamResponseHandler.Visitor.builder()
                        .onChunk(chunk -> text.append(text(chunk.bytes())))
                        .build())
                .build())
        .join();
    return new Reply(text.toString(), outcome[0]);
  }

  private static Reply reply(InvokeModelResponse response) {
    return new Reply(text(response.body()), CacheOutcome.of(response));
  }

  private static String text(SdkBytes body) {
    try {
      return Texts.in(body.asByteArrayUnsafe());
    } catch (IOException notJson) {
      throw new UncheckedIOException(notJson);
    }
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
