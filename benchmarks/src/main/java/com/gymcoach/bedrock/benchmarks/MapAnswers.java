package com.gymcoach.bedrock.benchmarks;

import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** A cache as often written by hand: a map by the SHA-256 of some fields, in hexadecimal. */
final class MapAnswers implements Answers {
  private final BedrockRuntimeClient bedrock;
  private final ConcurrentHashMap<String, InvokeModelResponse> invoked = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, ConverseResponse> conversed = new ConcurrentHashMap<>();

  MapAnswers(BedrockRuntimeClient bedrock) {
    this.bedrock = bedrock;
  }

  @Override
  public InvokeModelResponse invokeModel(String user, InvokeModelRequest request) {
    String key = Sha256.hex(Sha256.of(user, request));
    InvokeModelResponse answer = invoked.get(key);
    if (answer == null) {
      answer = bedrock.invokeModel(request);
      invoked.put(key, answer);
    }
    return answer;
  }

  @Override
  public ConverseResponse converse(String user, ConverseRequest request) {
    String key = Sha256.hex(Sha256.of(user, request));
    ConverseResponse answer = conversed.get(key);
    if (answer == null) {
      answer = bedrock.converse(request);
      conversed.put(key, answer);
    }
    return answer;
  }
}
