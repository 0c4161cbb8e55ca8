package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.OptionalOperation;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeGuardrailChecksResponse;

/**
 * InvokeGuardrailChecks, whose request has the whole configuration. Only for an SDK that has the
 * operation ({@link SdkFeatures#GUARDRAIL_CHECKS}): with an older one this class cannot be loaded.
 */
public final class GuardrailChecksOperation
    extends UnbilledByToken<InvokeGuardrailChecksRequest, InvokeGuardrailChecksResponse> {
  /** The operation. */
  public static final GuardrailChecksOperation INSTANCE = new GuardrailChecksOperation();

  private GuardrailChecksOperation() {
    super(OptionalOperation.INVOKE_GUARDRAIL_CHECKS);
  }

  /** Returns the operation if a request is one of its requests, otherwise null. */
  static @Nullable CacheableOperation<?, ?> of(AwsRequest request) {
    return request instanceof InvokeGuardrailChecksRequest ? INSTANCE : null;
  }

  @Override
  public String name() {
    return "InvokeGuardrailChecks";
  }

  @Override
  public int codecId() {
    return 7;
  }

  /** The checks are not a model's. */
  @Override
  public String modelId(InvokeGuardrailChecksRequest request) {
    return "";
  }

  @Override
  public @Nullable CacheReason refusal(InvokeGuardrailChecksRequest request, OptIns optIns) {
    return null;
  }

  @Override
  boolean isComplete(InvokeGuardrailChecksResponse response) {
    return response.results() != null;
  }

  @Override
  AwsResponse.Builder builder() {
    return InvokeGuardrailChecksResponse.builder();
  }
}
