package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** Converse. */
final class ConverseOperation extends JsonResponse<ConverseRequest, ConverseResponse> {

  @Override
  public String name() {
    return "Converse";
  }

  @Override
  public int codecId() {
    return 1;
  }

  @Override
  public String modelId(ConverseRequest request) {
    return request.modelId() == null ? "" : request.modelId();
  }

  @Override
  public @Nullable CacheReason refusal(ConverseRequest request, OptIns optIns) {
    GuardrailConfiguration guardrail = request.guardrailConfig();
    return ModelReferences.refusal(
        modelId(request),
        guardrail == null ? null : guardrail.guardrailIdentifier(),
        guardrail == null ? null : guardrail.guardrailVersion(),
        optIns);
  }

  @Override
  public @Nullable CacheReason admission(
      ConverseRequest request, ConverseResponse response, OptIns optIns) {
    if (ResponseHttp.status(response) != 200) {
      return CacheReason.NOT_SUCCESSFUL;
    }
    UsableAnswer answer = new UsableAnswer(optIns.toolUse());
    if (response.stopReasonAsString() != null) {
      answer.ends(response.stopReasonAsString(), StopReasons.CONVERSE);
    }
    if (UnknownContent.isIn(response)) {
      answer.refuse(CacheReason.UNKNOWN_CONTENT);
    }
    ConverseOutput output = response.output();
    Message message = output == null ? null : output.message();
    if (message == null) {
      answer.refuse(CacheReason.INCOMPLETE_BODY);
    } else {
      message.content().forEach(block -> ConverseContent.report(block, answer));
    }
    return answer.judge();
  }

  @Override
  public @Nullable TokenUsage usage(ConverseResponse response) {
    return usage(response.usage());
  }

  static @Nullable TokenUsage usage(
      software.amazon.awssdk.services.bedrockruntime.model.@Nullable TokenUsage usage) {
    return usage == null || usage.inputTokens() == null || usage.outputTokens() == null
        ? null
        : new TokenUsage(
            TokenCounts.orZero(usage.inputTokens()),
            TokenCounts.orZero(usage.outputTokens()),
            TokenCounts.orZero(usage.cacheReadInputTokens()),
            TokenCounts.orZero(usage.cacheWriteInputTokens()));
  }

  @Override
  public PriceTier tier(ConverseResponse response) {
    return tierOf(response);
  }

  /**
   * Returns the price tier that a response or a stream's metadata reports; both have the same
   * members.
   */
  static PriceTier tierOf(SdkPojo answer) {
    return wroteForAnHour(SdkMembers.get(answer, "usage"))
        ? PriceTier.OTHER
        : PriceTier.of(
            SdkMembers.text(SdkMembers.get(answer, "performanceConfig"), "latency"),
            SdkMembers.text(SdkMembers.get(answer, "serviceTier"), "type"));
  }

  /**
   * Returns whether tokens were written to the prompt cache with a TTL other than 5 minutes. These
   * cost more, and the price list does not have that price.
   */
  private static boolean wroteForAnHour(@Nullable Object usage) {
    if (SdkMembers.get(usage, "cacheDetails") instanceof List<?> details) {
      for (Object detail : details) { // a loop, not a stream: this runs for each hit in the store
        if (!"5m".equals(SdkMembers.text(detail, "ttl"))
            && SdkMembers.get(detail, "inputTokens") instanceof Integer tokens
            && tokens > 0) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  AwsResponse.Builder builder() {
    return ConverseResponse.builder();
  }
}
