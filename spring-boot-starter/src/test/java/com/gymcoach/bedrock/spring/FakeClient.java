package com.gymcoach.bedrock.spring;

import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** A client that an application has written itself: it gives one answer. */
class FakeClient implements BedrockRuntimeClient {
  private final String answer;
  private final Region region;

  FakeClient(String answer) {
    this(answer, Region.US_EAST_1);
  }

  FakeClient(String answer, Region region) {
    this.answer = answer;
    this.region = region;
  }

  @Override
  public ConverseResponse converse(ConverseRequest request) {
    return answer(answer);
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    return BedrockRuntimeServiceClientConfiguration.builder().region(region).build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}

  /** Returns an answer that is a text. */
  static ConverseResponse answer(String text) {
    return ConverseResponse.builder()
        .stopReason(StopReason.END_TURN)
        .usage(usage -> usage.inputTokens(3).outputTokens(3).totalTokens(6))
        .output(
            output ->
                output.message(
                    Message.builder()
                        .role(ConversationRole.ASSISTANT)
                        .content(ContentBlock.fromText(text))
                        .build()))
        .build();
  }

  /** Returns the text of an answer. */
  static String text(ConverseResponse answer) {
    return answer.output().message().content().get(0).text();
  }
}
