package com.gymcoach.bedrock.cache;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeServiceClientConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;

/** A hand-written client that follows a script, the same for all operations. */
@SuppressWarnings({"unchecked", "NullAway"})
record ScriptedAsyncClient(Supplier<@Nullable CompletableFuture<?>> script)
    implements BedrockRuntimeAsyncClient {

  @Override
  public CompletableFuture<ConverseResponse> converse(ConverseRequest request) {
    return (CompletableFuture<ConverseResponse>) script.get();
  }

  @Override
  public CompletableFuture<Void> converseStream(
      ConverseStreamRequest request, ConverseStreamResponseHandler handler) {
    return (CompletableFuture<Void>) script.get();
  }

  @Override
  public BedrockRuntimeServiceClientConfiguration serviceClientConfiguration() {
    return new FakeBedrock().serviceClientConfiguration();
  }

  @Override
  public String serviceName() {
    return SERVICE_NAME;
  }

  @Override
  public void close() {}
}
