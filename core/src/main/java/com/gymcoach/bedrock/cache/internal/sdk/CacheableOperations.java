package com.gymcoach.bedrock.cache.internal.sdk;

import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** The operations that are cached. */
public final class CacheableOperations {
  /** Converse. */
  public static final CacheableOperation<ConverseRequest, ConverseResponse> CONVERSE =
      new ConverseOperation();

  /** InvokeModel. */
  public static final CacheableOperation<InvokeModelRequest, InvokeModelResponse> INVOKE_MODEL =
      new InvokeModelOperation();

  private CacheableOperations() {}
}
