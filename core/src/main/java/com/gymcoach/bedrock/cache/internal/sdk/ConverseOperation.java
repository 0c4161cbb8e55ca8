package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.bedrockruntime.model.CacheDetail;
import software.amazon.awssdk.services.bedrockruntime.model.CacheTTL;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.GuardrailConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.PerformanceConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceTier;

/** Converse. */
final class ConverseOperation extends CacheableOperation<ConverseRequest, ConverseResponse> {

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
    if (Replay.status(response) != 200) {
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
  public ConverseResponse head(ConverseResponse response) {
    return response;
  }

  @Override
  public int weight(ConverseResponse response) {
    return OBJECT_OVERHEAD + SdkSize.bounded(SdkSize.of(response));
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
            orZero(usage.inputTokens()),
            orZero(usage.outputTokens()),
            orZero(usage.cacheReadInputTokens()),
            orZero(usage.cacheWriteInputTokens()));
  }

  private static long orZero(@Nullable Integer tokens) {
    return tokens == null || tokens < 0 ? 0 : tokens;
  }

  @Override
  public PriceTier tier(ConverseResponse response) {
    return tier(response.performanceConfig(), response.serviceTier(), response.usage());
  }

  static PriceTier tier(
      @Nullable PerformanceConfiguration performance,
      @Nullable ServiceTier tier,
      software.amazon.awssdk.services.bedrockruntime.model.@Nullable TokenUsage usage) {
    if (usage != null && usage.hasCacheDetails() && wroteForAnHour(usage.cacheDetails())) {
      return PriceTier.OTHER;
    }
    return performance == null && tier == null
        ? PriceTier.STANDARD
        : PriceTier.of(
            performance == null ? null : performance.latencyAsString(),
            tier == null ? null : tier.typeAsString());
  }

  /** What is written to the prompt cache for longer costs more, which no list here tells. */
  private static boolean wroteForAnHour(List<CacheDetail> details) {
    return details.stream()
        .anyMatch(
            detail ->
                detail.ttl() != CacheTTL.VALUE_5_M
                    && detail.inputTokens() != null
                    && detail.inputTokens() > 0);
  }

  @Override
  public Payload encode(ConverseResponse response) throws IOException {
    return Replay.payload(response, SdkJson.write(response));
  }

  @Override
  public ConverseResponse decode(Payload payload) throws IOException {
    ConverseResponse.Builder builder = ConverseResponse.builder();
    SdkJson.read(payload.body(), (SdkPojo) builder);
    return Replay.restored(builder, payload).build();
  }

  @Override
  public ConverseResponse tagged(ConverseResponse response, CacheOutcome outcome) {
    return Replay.tagged(response, outcome);
  }
}
