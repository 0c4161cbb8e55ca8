package com.gymcoach.bedrock.benchmarks;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** No cache: only builds the request and asks Bedrock. */
final class NoAnswers implements Answers {
  private final BedrockRuntimeClient bedrock;

  NoAnswers(BedrockRuntimeClient bedrock) {
    this.bedrock = bedrock;
  }

  @Override
  public InvokeModelResponse invokeModel(String user, InvokeModelRequest request) {
    return bedrock.invokeModel(request);
  }

  @Override
  public ConverseResponse converse(String user, ConverseRequest request) {
    return bedrock.converse(request);
  }
}
