package com.gymcoach.bedrock.testkit;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** Each way to ask one question, and the text that came. */
final class Asked {
  static final String MODEL = "anthropic.claude-3-5-haiku-20241022-v1:0";

  private Asked() {}

  static ConverseRequest request(String question) {
    return ConverseRequest.builder().modelId(MODEL).messages(message(question)).build();
  }

  private static Message message(String question) {
    return Message.builder()
        .role(ConversationRole.USER)
        .content(ContentBlock.fromText(question))
        .build();
  }

  static InvokeModelRequest invocation(String question) {
    return InvokeModelRequest.builder()
        .modelId(MODEL)
        .body(SdkBytes.fromUtf8String(body(question)))
        .build();
  }

  private static String body(String question) {
    return "{\"max_tokens\":500,\"messages\":[{\"role\":\"user\",\"content\":\""
        + question
        + "\"}]}";
  }

  static String converse(BedrockRuntimeClient client, String question) {
    return client.converse(request(question)).output().message().content().get(0).text();
  }

  static String converse(BedrockRuntimeAsyncClient client, String question) {
    return client.converse(request(question)).join().output().message().content().get(0).text();
  }

  static String invoke(BedrockRuntimeClient client, String question) {
    return client.invokeModel(invocation(question)).body().asUtf8String();
  }

  static String invoke(BedrockRuntimeAsyncClient client, String question) {
    return client.invokeModel(invocation(question)).join().body().asUtf8String();
  }

  /** Returns the texts of a stream's deltas, each followed by a bar. */
  static String stream(BedrockRuntimeAsyncClient client, String question) {
    List<String> texts = new ArrayList<>();
    client
        .converseStream(
            ConverseStreamRequest.builder().modelId(MODEL).messages(message(question)).build(),
            ConverseStreamResponseHandler.builder()
                .subscriber(
                    ConverseStreamResponseHandler.Visitor.builder()
                        .onContentBlockDelta(delta -> texts.add(delta.delta().text()))
                        .build())
                .build())
        .join();
    return String.join("|", texts);
  }

  /** Returns the chunks of a stream, joined. */
  static String invokeStream(BedrockRuntimeAsyncClient client, String question) {
    List<String> chunks = new ArrayList<>();
    client
        .invokeModelWithResponseStream(
            InvokeModelWithResponseStreamRequest.builder()
                .modelId(MODEL)
                .body(SdkBytes.fromUtf8String(body(question)))
                .build(),
            InvokeModelWithResponseStreamResponseHandler.builder()
                .subscriber(
                    InvokeModelWithResponseStreamResponseHandler.Visitor.builder()
                        .onChunk(chunk -> chunks.add(chunk.bytes().asUtf8String()))
                        .build())
                .build())
        .join();
    return String.join("|", chunks);
  }

  /** Asks in every way, and returns what came. */
  static List<String> all(
      BedrockRuntimeClient client, BedrockRuntimeAsyncClient asyncClient, String question) {
    return List.of(
        converse(client, question),
        converse(asyncClient, question + " (async)"),
        invoke(client, question),
        invoke(asyncClient, question + " (async)"),
        stream(asyncClient, question),
        invokeStream(asyncClient, question));
  }
}
