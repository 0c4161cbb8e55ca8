package com.gymcoach.bedrock.cache;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** The same Bedrock for async clients; it answers on the thread that asks. */
record FakeAsyncBedrock(FakeBedrock bedrock) implements BedrockRuntimeAsyncClient {

  @Override
  public CompletableFuture<ConverseResponse> converse(ConverseRequest request) {
    try {
      return CompletableFuture.completedFuture(bedrock.converse(request));
    } catch (Throwable failure) {
      return CompletableFuture.failedFuture(failure);
    }
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    return bedrock.serviceClientConfiguration();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {
    bedrock.close();
  }
}
