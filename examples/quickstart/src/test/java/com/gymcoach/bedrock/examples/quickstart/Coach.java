package com.gymcoach.bedrock.examples.quickstart;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** A service's own code, as {@link RecordedCoachTest} tests it. */
record Coach(BedrockRuntimeClient bedrock) {
  private static final String MODEL = "amazon.nova-lite-v1:0";

  String answer(String question) {
    return bedrock
        .converse(request -> request.modelId(MODEL).messages(asked(question)))
        .output()
        .message()
        .content()
        .get(0)
        .text();
  }

  /** Returns the parts of an answer in the order in which they came. */
  static List<String> stream(BedrockRuntimeAsyncClient bedrock, String question) {
    List<String> parts = new ArrayList<>();
    bedrock
        .converseStream(
            request -> request.modelId(MODEL).messages(asked(question)),
            ConverseStreamResponseHandler.builder()
                .subscriber(
                    ConverseStreamResponseHandler.Visitor.builder()
                        .onContentBlockDelta(event -> parts.add(event.delta().text()))
                        .build())
                .build())
        .join();
    return parts;
  }

  private static Message asked(String question) {
    return Message.builder()
        .role(ConversationRole.USER)
        .content(ContentBlock.fromText(question))
        .build();
  }
}
