package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.sdk.GuardrailChecksOperation;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksResponse;

/**
 * Adds the operations that the oldest supported SDK lacks. They are in a separate class because
 * reflection on a class loads every type that its methods name: with them in {@link
 * CachingBedrockClient}, no Spring context with an older SDK would start.
 */
final class NewerBedrockClient extends CachingBedrockClient {

  NewerBedrockClient(BedrockRuntimeClient delegate, ClientSupport support, boolean view) {
    super(delegate, support, view);
  }

  @Override
  public InvokeGuardrailChecksResponse invokeGuardrailChecks(InvokeGuardrailChecksRequest request) {
    return cached(
        GuardrailChecksOperation.INSTANCE, request, BedrockRuntimeClient::invokeGuardrailChecks);
  }

  @Override
  public long invalidate(BedrockRuntimeRequest request) {
    return request instanceof InvokeGuardrailChecksRequest checks
        ? support.invalidate(GuardrailChecksOperation.INSTANCE, checks)
        : super.invalidate(request);
  }
}
