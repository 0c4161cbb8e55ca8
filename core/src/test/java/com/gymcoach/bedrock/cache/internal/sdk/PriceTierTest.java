package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.internal.events.Streamed;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.bedrockruntime.model.CacheDetail;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamOutput;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseStreamResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelWithResponseStreamResponse;

/** Each operation's answer names the tier in a different place. */
class PriceTierTest {

  @ParameterizedTest
  @CsvSource({
    ",,STANDARD",
    ",default,STANDARD",
    ",flex,FLEX",
    ",priority,PRIORITY",
    ",reserved,OTHER",
    "optimized,,LATENCY_OPTIMIZED",
    "standard,,STANDARD",
    "optimized,flex,OTHER"
  })
  void tier_whenAnAnswerNamesOne_isThatOfEachOperation(
      String latency, String service, PriceTier expected) {
    ConverseResponse converse =
        ConverseResponse.builder()
            .performanceConfig(p -> p.latency(latency))
            .serviceTier(t -> t.type(service))
            .build();
    ConverseStreamOutput metadata =
        ConverseStreamOutput.metadataBuilder()
            .performanceConfig(p -> p.latency(latency))
            .serviceTier(t -> t.type(service))
            .build();
    InvokeModelResponse invoke =
        InvokeModelResponse.builder()
            .performanceConfigLatency(latency)
            .serviceTier(service)
            .build();
    InvokeModelWithResponseStreamResponse stream =
        InvokeModelWithResponseStreamResponse.builder()
            .performanceConfigLatency(latency)
            .serviceTier(service)
            .build();

    assertThat(CacheableOperations.CONVERSE.tier(converse)).isEqualTo(expected);
    assertThat(CacheableOperations.CONVERSE_STREAM.tier(streamed(metadata))).isEqualTo(expected);
    assertThat(CacheableOperations.INVOKE_MODEL.tier(invoke)).isEqualTo(expected);
    assertThat(CacheableOperations.INVOKE_MODEL_STREAM.tier(Streamed.of(stream, List.of(), 0)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"5m,8,STANDARD", "1h,8,OTHER", "1h,0,STANDARD", "1h,,STANDARD", ",8,OTHER"})
  void tier_whenThePromptCacheWasWritten_dependsOnHowLongFor(
      String ttl, Integer tokens, PriceTier expected) {
    CacheDetail written = CacheDetail.builder().ttl(ttl).inputTokens(tokens).build();
    ConverseResponse converse =
        ConverseResponse.builder().usage(u -> u.cacheDetails(written)).build();
    ConverseStreamOutput metadata =
        ConverseStreamOutput.metadataBuilder().usage(u -> u.cacheDetails(written)).build();

    assertThat(CacheableOperations.CONVERSE.tier(converse)).isEqualTo(expected);
    assertThat(CacheableOperations.CONVERSE_STREAM.tier(streamed(metadata))).isEqualTo(expected);
  }

  private static Streamed<ConverseStreamResponse, ConverseStreamOutput> streamed(
      ConverseStreamOutput event) {
    return Streamed.of(ConverseStreamResponse.builder().build(), List.of(event), 0);
  }
}
