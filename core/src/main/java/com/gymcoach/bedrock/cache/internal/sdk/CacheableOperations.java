package com.gymcoach.bedrock.cache.internal.sdk;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensRequest;
import software.amazon.awssdk.services.bedrockruntime.model.CountTokensResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ResponseStream;

/** The cached operations that every supported SDK has. */
public final class CacheableOperations {
  /** Converse. */
  public static final CacheableOperation<ConverseRequest, ConverseResponse> CONVERSE =
      new ConverseOperation();

  /** InvokeModel. */
  public static final CacheableOperation<InvokeModelRequest, InvokeModelResponse> INVOKE_MODEL =
      new InvokeModelOperation();

  /** ConverseStream. */
  public static final CacheableStream<
          ConverseStreamRequest, ConverseStreamResponse, ConverseStreamOutput>
      CONVERSE_STREAM = new ConverseStreamOperation();

  /** InvokeModelWithResponseStream. */
  public static final CacheableStream<
          InvokeModelWithResponseStreamRequest,
          InvokeModelWithResponseStreamResponse,
          ResponseStream>
      INVOKE_MODEL_STREAM = new InvokeModelStreamOperation();

  /** CountTokens, if asked for. */
  public static final CacheableOperation<CountTokensRequest, CountTokensResponse> COUNT_TOKENS =
      new CountTokensOperation();

  /** ApplyGuardrail, if asked for. */
  public static final CacheableOperation<ApplyGuardrailRequest, ApplyGuardrailResponse>
      APPLY_GUARDRAIL = new ApplyGuardrailOperation();

  private CacheableOperations() {}

  /** Returns the operation of a request, or null if its answers are never cached. */
  public static @Nullable CacheableOperation<?, ?> of(AwsRequest request) {
    if (request instanceof ConverseRequest) {
      return CONVERSE;
    } else if (request instanceof InvokeModelRequest) {
      return INVOKE_MODEL;
    } else if (request instanceof ConverseStreamRequest) {
      return CONVERSE_STREAM;
    } else if (request instanceof InvokeModelWithResponseStreamRequest) {
      return INVOKE_MODEL_STREAM;
    } else if (request instanceof ApplyGuardrailRequest) {
      return APPLY_GUARDRAIL;
    } else if (request instanceof CountTokensRequest) {
      return COUNT_TOKENS;
    }
    return SdkFeatures.GUARDRAIL_CHECKS ? GuardrailChecksOperation.of(request) : null;
  }
}
