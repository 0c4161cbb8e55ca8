package com.gymcoach.bedrock.benchmarks;

import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** No cache: digests the request and asks Bedrock. Shows the cost of a key alone. */
final class DigestAnswers implements Answers {
  private final BedrockRuntimeClient bedrock;

  @SuppressWarnings("UnusedVariable") // written so that digesting cannot be optimised away
  private byte[] digest = {};

  DigestAnswers(BedrockRuntimeClient bedrock) {
    this.bedrock = bedrock;
  }

  @Override
  public InvokeModelResponse invokeModel(String user, InvokeModelRequest request) {
    digest = Sha256.of(user, request);
    return bedrock.invokeModel(request);
  }

  @Override
  public ConverseResponse converse(String user, ConverseRequest request) {
    digest = Sha256.of(user, request);
    return bedrock.converse(request);
  }
}
