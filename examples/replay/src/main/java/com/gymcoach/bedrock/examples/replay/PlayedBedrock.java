package com.gymcoach.bedrock.examples.replay;

import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * A minimal Bedrock: returns an answer with the trace's number of tokens, about four characters
 * each. It answers at once; Bedrock's latency is calculated.
 */
final class PlayedBedrock implements BedrockRuntimeClient {
  private static final String WORDS =
      "Warm up, then three sets of squats, rows and planks; rest ninety seconds between sets. ";
  private static final int CHARACTERS_A_TOKEN = 4;

  private long calls;
  private int inputTokens;
  private int outputTokens;

  /** Sets the token counts of the next answer. */
  void next(Ask ask) {
    inputTokens = ask.inputTokens();
    outputTokens = Math.max(1, ask.outputTokens());
  }

  long calls() {
    return calls;
  }

  @Override
  public ConverseResponse converse(ConverseRequest request) {
    calls++;
    int characters = outputTokens * CHARACTERS_A_TOKEN;
    String text =
        (calls + " " + WORDS.repeat(characters / WORDS.length() + 1)).substring(0, characters);
    int input = inputTokens;
    int output = outputTokens;
    return ConverseResponse.builder()
        .output(o -> o.message(m -> m.role("assistant").content(ContentBlock.fromText(text))))
        .stopReason(StopReason.END_TURN)
        .usage(u -> u.inputTokens(input).outputTokens(output).totalTokens(input + output))
        .build();
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    BedrockRuntimeServiceClientConfiguration.Builder builder =
        BedrockRuntimeServiceClientConfiguration.builder();
    builder.region(Region.US_EAST_1);
    return builder.build();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
