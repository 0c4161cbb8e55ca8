package com.gymcoach.bedrock.benchmarks;

import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** A way to get an answer for a user. All ways keep the answers of different users apart. */
interface Answers extends AutoCloseable {
  InvokeModelResponse invokeModel(String user, InvokeModelRequest request);

  ConverseResponse converse(String user, ConverseRequest request);

  @Override
  default void close() {}
}
