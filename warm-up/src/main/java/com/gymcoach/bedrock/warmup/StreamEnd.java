package com.gymcoach.bedrock.warmup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamMetadataEvent;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.bedrockruntime.model.PayloadPart;

/**
 * Reads a stream to its end and remembers its outcome and its last word on tokens. Its events are
 * not kept. Used for one stream.
 */
final class StreamEnd {
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String METRICS = "amazon-bedrock-invocationMetrics";

  private volatile @Nullable SdkResponse response;
  private volatile @Nullable TokenUsage usage;
  private volatile PriceTier tier = PriceTier.STANDARD;

  ConverseStreamResponseHandler ofConverse() {
    return ConverseStreamResponseHandler.builder()
        .onResponse(begun -> response = begun)
        .subscriber(
            ConverseStreamResponseHandler.Visitor.builder().onMetadata(this::metadata).build())
        .build();
  }

  InvokeModelWithResponseStreamResponseHandler ofInvokeModel() {
    return InvokeModelWithResponseStreamResponseHandler.builder()
        .onResponse(
            begun -> {
              response = begun;
              tier = PriceTier.of(begun.performanceConfigLatencyAsString(), null);
            })
        .subscriber(
            InvokeModelWithResponseStreamResponseHandler.Visitor.builder()
                .onChunk(this::chunk)
                .build())
        .build();
  }

  boolean hasBegun() {
    return response != null;
  }

  CacheOutcome outcome() {
    SdkResponse begun = response;
    if (begun == null) {
      throw new IllegalStateException("The stream ended without a response");
    }
    return CacheOutcome.of(begun);
  }

  /** Returns what Bedrock charged, or empty if the stream did not say. */
  OptionalDouble usd(BedrockRuntimeRequest request, PriceList prices) {
    TokenUsage told = usage;
    String modelId =
        request instanceof ConverseStreamRequest converse
            ? converse.modelId()
            : ((InvokeModelWithResponseStreamRequest) request).modelId();
    return told == null ? OptionalDouble.empty() : prices.usd(modelId, tier, told);
  }

  private void metadata(ConverseStreamMetadataEvent event) {
    if (event.performanceConfig() != null) {
      tier = PriceTier.of(event.performanceConfig().latencyAsString(), null);
    }
    if (event.usage() != null) {
      usage =
          new TokenUsage(
              count(event.usage().inputTokens()),
              count(event.usage().outputTokens()),
              count(event.usage().cacheReadInputTokens()),
              count(event.usage().cacheWriteInputTokens()));
    }
  }

  private static long count(@Nullable Integer tokens) {
    return tokens == null ? 0 : Math.max(0, tokens);
  }

  /** Reads Bedrock's own count, which is in a stream's last chunk whatever the model. */
  private void chunk(PayloadPart part) {
    byte[] json = part.bytes() == null ? new byte[0] : part.bytes().asByteArrayUnsafe();
    if (!new String(json, StandardCharsets.ISO_8859_1).contains(METRICS)) { // never throws
      return;
    }
    try (JsonParser in = FACTORY.createParser(json)) {
      long[] tokens = new long[4];
      boolean inMetrics = false;
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          inMetrics |= METRICS.equals(in.getParsingContext().getParent().getCurrentName());
        } else if (inMetrics && token == JsonToken.VALUE_NUMBER_INT) {
          count(tokens, in.currentName(), in.getLongValue());
        }
      }
      usage = new TokenUsage(tokens[0], tokens[1], tokens[2], tokens[3]);
    } catch (IOException notJson) { // then the stream did not say
      usage = null;
    }
  }

  private static void count(long[] tokens, @Nullable String name, long count) {
    if (name != null) {
      switch (name) {
        case "inputTokenCount" -> tokens[0] = count;
        case "outputTokenCount" -> tokens[1] = count;
        case "cacheReadInputTokenCount" -> tokens[2] = count;
        case "cacheWriteInputTokenCount" -> tokens[3] = count;
        default -> {} // such as latencies
      }
    }
  }
}
