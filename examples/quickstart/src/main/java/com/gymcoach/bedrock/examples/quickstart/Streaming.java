package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler.Visitor;

/** Requests an answer as a stream, and assembles it for the report. */
final class Streaming {
  private final StringBuilder text = new StringBuilder();
  private final ConverseResponse.Builder answer = ConverseResponse.builder();
  private final long began = System.nanoTime();
  private @Nullable Duration firstEvent;

  private Streaming() {}

  static Answer ask(CachingBedrockAsyncClient client, CacheScope scope, ConverseRequest question) {
    return new Streaming().answer(client.forScope(scope), question);
  }

  private Answer answer(CachingBedrockAsyncClient client, ConverseRequest question) {
    client
        .converseStream(
            ConverseStreamRequest.builder()
                .modelId(question.modelId())
                .messages(question.messages())
                .inferenceConfig(question.inferenceConfig())
                .build(),
            ConverseStreamResponseHandler.builder()
                .onResponse(response -> answer.sdkHttpResponse(response.sdkHttpResponse()))
                .subscriber(
                    Visitor.builder()
                        .onContentBlockDelta(
                            delta -> {
                              if (firstEvent == null) {
                                firstEvent = Duration.ofNanos(System.nanoTime() - began);
                              }
                              text.append(delta.delta().text());
                            })
                        .onMessageStop(stop -> answer.stopReason(stop.stopReason()))
                        .onMetadata(metadata -> answer.usage(metadata.usage()))
                        .build())
                .build())
        .join();
    answer.output(
        o -> o.message(m -> m.role("assistant").content(ContentBlock.fromText(text.toString()))));
    return new Answer(answer.build(), firstEvent);
  }
}
