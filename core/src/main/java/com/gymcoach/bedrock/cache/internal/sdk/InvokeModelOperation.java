package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.internal.wire.ShallowJson;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** InvokeModel. The body has the model's own format and is kept byte for byte. */
final class InvokeModelOperation extends WholeResponse<InvokeModelRequest, InvokeModelResponse> {
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,15}");

  @Override
  public String name() {
    return "InvokeModel";
  }

  @Override
  public int codecId() {
    return 2;
  }

  @Override
  public String modelId(InvokeModelRequest request) {
    return request.modelId() == null ? "" : request.modelId();
  }

  @Override
  public @Nullable CacheReason refusal(InvokeModelRequest request, OptIns optIns) {
    return ModelReferences.refusal(
        modelId(request), request.guardrailIdentifier(), request.guardrailVersion(), optIns);
  }

  @Override
  public @Nullable TextBatch<InvokeModelRequest, InvokeModelResponse> batch(
      InvokeModelRequest request, OptIns optIns) {
    return optIns.embeddingsByText() ? CohereBatch.of(request, optIns) : null;
  }

  @Override
  public @Nullable CacheReason admission(
      InvokeModelRequest request, InvokeModelResponse response, OptIns optIns) {
    if (ResponseHttp.status(response) != 200) {
      return CacheReason.NOT_SUCCESSFUL;
    }
    if (response.body() == null) {
      return CacheReason.INCOMPLETE_BODY;
    }
    ModelBody body = new ModelBody(optIns.toolUse());
    try {
      body.add(ShallowJson.object(response.body().asByteArrayUnsafe()));
    } catch (IOException incomplete) { // reported by the reason
      return CacheReason.INCOMPLETE_BODY;
    }
    return body.judge(optIns.modelOr(modelId(request)), optIns);
  }

  @Override
  public @Nullable TokenUsage usage(InvokeModelResponse response) {
    SdkHttpResponse http = response.sdkHttpResponse();
    Long input = http == null ? null : tokens(http, "input");
    Long output = http == null ? null : tokens(http, "output");
    if (input == null || output == null) {
      return response.body() == null
          ? null
          : BodyUsage.of(response.body().asByteArrayUnsafe(), input); // not all have the headers
    }
    return new TokenUsage(
        input,
        output,
        TokenCounts.orZero(tokens(http, "cache-read-input")),
        TokenCounts.orZero(tokens(http, "cache-write-input")));
  }

  private static @Nullable Long tokens(SdkHttpResponse http, String kind) {
    return http.firstMatchingHeader("x-amzn-bedrock-" + kind + "-token-count")
        .filter(text -> COUNT.matcher(text).matches())
        .map(Long::valueOf)
        .orElse(null);
  }

  @Override
  public PriceTier tier(InvokeModelResponse response) {
    return PriceTier.of(
        response.performanceConfigLatencyAsString(), SdkMembers.text(response, "serviceTier"));
  }

  @Override
  public Payload encode(InvokeModelResponse response) {
    return ResponseHttp.payload(response, response.body().asByteArrayUnsafe());
  }

  @Override
  public InvokeModelResponse decode(Payload payload) {
    return ResponseHttp.restored(InvokeModelResponse.builder(), payload)
        .body(SdkBytes.fromByteArrayUnsafe(payload.body()))
        .build();
  }

  /**
   * Hand-written, because every memory hit needs it and a generic walk over the fields is slower.
   */
  @Override
  InvokeModelResponse withOwnBytes(InvokeModelResponse response) {
    return response.toBuilder().body(SdkCopy.of(response.body())).build();
  }

  /** Builds one response instead of two. */
  @Override
  public InvokeModelResponse handOut(Kept<?> kept, CacheOutcome outcome) {
    if (!(kept.hasBytes() && kept.response() instanceof InvokeModelResponse response)) {
      return super.handOut(kept, outcome);
    }
    InvokeModelResponse.Builder builder = response.toBuilder().body(SdkCopy.of(response.body()));
    builder.sdkHttpResponse(TaggedHttpResponse.of(response.sdkHttpResponse(), outcome));
    return builder.build();
  }
}
