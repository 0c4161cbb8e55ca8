package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.GuardrailChecksOperation;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeAsyncClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksResponse;

/**
 * Adds the operations that the oldest supported SDK lacks. They are in a separate class for the
 * same reason as those of {@link NewerBedrockClient}.
 */
final class NewerBedrockAsyncClient extends CachingBedrockAsyncClient {

  NewerBedrockAsyncClient(BedrockRuntimeAsyncClient delegate, ClientSupport support, boolean view) {
    super(delegate, support, view);
  }

  @Override
  public CompletableFuture<InvokeGuardrailChecksResponse> invokeGuardrailChecks(
      InvokeGuardrailChecksRequest request) {
    return cached(
        GuardrailChecksOperation.INSTANCE,
        request,
        BedrockRuntimeAsyncClient::invokeGuardrailChecks);
  }

  @Override
  public long invalidate(BedrockRuntimeRequest request) {
    return request instanceof InvokeGuardrailChecksRequest checks
        ? support.invalidate(GuardrailChecksOperation.INSTANCE, checks)
        : super.invalidate(request);
  }
}
