package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;

/** Recorded calls, of each operation that is cached, made once more through a cache. */
final class ReplayedCalls implements AutoCloseable {
  private final BedrockRuntimeAsyncClient client;

  ReplayedCalls(URI bedrock) {
    client =
        Dynamo.configured(BedrockRuntimeAsyncClient.builder(), bedrock)
            .httpClientBuilder(SdkHttp.netty())
            .build();
  }

  /** Makes the call and waits for its end, good or bad. */
  void ask(RecordedExchange exchange, BedrockCache cache) {
    CachingBedrockAsyncClient cached =
        CachingBedrockAsyncClient.create(client, cache)
            .forScope(CacheScope.user("alice").endpoint("chat"));
    CompletableFuture<?> call = call(exchange, cached);
    Throwable failure = catchThrowable(() -> call.get(60, TimeUnit.SECONDS));
    if (failure != null && !call.isDone()) {
      throw new AssertionError(exchange + " did not end", failure);
    }
  }

  private static CompletableFuture<?> call(
      RecordedExchange exchange, CachingBedrockAsyncClient cached) {
    return switch (exchange.operation()) {
      case "Converse" -> {
        ConverseRequest.Builder request = ConverseRequest.builder();
        read(exchange, (SdkPojo) request);
        yield cached.converse(request.modelId(exchange.modelId()).build());
      }
      case "ConverseStream" -> {
        ConverseStreamRequest.Builder request = ConverseStreamRequest.builder();
        read(exchange, (SdkPojo) request);
        yield cached.converseStream(
            request.modelId(exchange.modelId()).build(),
            ConverseStreamResponseHandler.builder().subscriber(event -> {}).build());
      }
      case "InvokeModel" ->
          cached.invokeModel(
              InvokeModelRequest.builder()
                  .modelId(exchange.modelId())
                  .body(body(exchange))
                  .build());
      default ->
          cached.invokeModelWithResponseStream(
              InvokeModelWithResponseStreamRequest.builder()
                  .modelId(exchange.modelId())
                  .body(body(exchange))
                  .build(),
              InvokeModelWithResponseStreamResponseHandler.builder()
                  .subscriber(event -> {})
                  .build());
    };
  }

  private static void read(RecordedExchange exchange, SdkPojo request) {
    byte[] body = exchange.requestBody();
    if (body != null) {
      try {
        SdkJson.read(body, request);
      } catch (IOException notForTheSdk) {
        // such as another client's mistake: the answer is what counts here
      }
    }
  }

  private static SdkBytes body(RecordedExchange exchange) {
    byte[] body = exchange.requestBody();
    return SdkBytes.fromByteArray(body == null ? "{}".getBytes(StandardCharsets.UTF_8) : body);
  }

  @Override
  public void close() {
    client.close();
  }
}
