package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.OptionalOperation;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ApplyGuardrailResponse;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailAction;

/** ApplyGuardrail. An intervention is an answer here, where in a model's answer it is none. */
final class ApplyGuardrailOperation
    extends UnbilledByToken<ApplyGuardrailRequest, ApplyGuardrailResponse> {
  /** As the service's model has it, beside the draft. */
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,7}");

  ApplyGuardrailOperation() {
    super(OptionalOperation.APPLY_GUARDRAIL);
  }

  @Override
  public String name() {
    return "ApplyGuardrail";
  }

  @Override
  public int codecId() {
    return 6;
  }

  /** A guardrail is no model. */
  @Override
  public String modelId(ApplyGuardrailRequest request) {
    return "";
  }

  @Override
  public @Nullable CacheReason refusal(ApplyGuardrailRequest request, OptIns optIns) {
    String version = request.guardrailVersion();
    return version != null && VERSION.matcher(version).matches()
        ? null
        : CacheReason.DRAFT_GUARDRAIL;
  }

  @Override
  boolean isComplete(ApplyGuardrailResponse response) {
    return response.action() != null && response.action() != GuardrailAction.UNKNOWN_TO_SDK_VERSION;
  }

  @Override
  AwsResponse.Builder builder() {
    return ApplyGuardrailResponse.builder();
  }
}
