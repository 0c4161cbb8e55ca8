package com.gymcoach.bedrock.cache.internal.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** The header is made lazily, which callers cannot notice. */
class TaggedHttpResponseTest {
  private static final SdkHttpResponse UNTAGGED =
      SdkHttpResponse.builder()
          .statusCode(200)
          .statusText("OK")
          .putHeader("x-amzn-RequestId", "id-1")
          .putHeader("Cache-Status", "proxy; hit")
          .build();

  static Stream<CacheOutcome> outcomes() {
    return Stream.of(
        Outcome.hit(CacheSource.HOT, 12, 3_588),
        Outcome.hit(CacheSource.WARM, 0, 0),
        Outcome.coalesced(),
        Outcome.miss(CacheReason.ABSENT, true, true, Duration.ofHours(1)),
        Outcome.miss(CacheReason.MAX_TOKENS),
        Outcome.bypass(CacheReason.SCOPE_MISSING));
  }

  private static SdkHttpResponse eager(CacheOutcome outcome) {
    return UNTAGGED.toBuilder().appendHeader("Cache-Status", outcome.headerValue()).build();
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void everyAccessor_isThatOfAResponseWithTheHeader(CacheOutcome outcome) {
    SdkHttpResponse tagged = TaggedHttpResponse.of(UNTAGGED, outcome);
    SdkHttpResponse eager = eager(outcome);
    assertThat(tagged.statusCode()).isEqualTo(eager.statusCode());
    assertThat(tagged.statusText()).isEqualTo(eager.statusText());
    assertThat(tagged.isSuccessful()).isTrue();
    assertThat(tagged.headers()).isEqualTo(eager.headers());
    assertThat(tagged.numHeaders()).isEqualTo(eager.numHeaders());
    assertThat(tagged.matchingHeaders("cache-status"))
        .containsExactly("proxy; hit", outcome.headerValue());
    assertThat(tagged.firstMatchingHeader("X-AMZN-REQUESTID")).contains("id-1");
    assertThat(tagged.firstMatchingHeader(List.of("none", "x-amzn-requestid"))).contains("id-1");
    assertThat(tagged.anyMatchingHeader("Cache-Status"::equals)).isTrue();
    assertThat(tagged.toBuilder().build()).isEqualTo(eager.toBuilder().build());
    assertThat(tagged).hasToString(eager.toString());
  }

  @ParameterizedTest
  @MethodSource("outcomes")
  void outcome_isTheSameByTheObjectAndByTheHeader(CacheOutcome outcome) {
    ConverseResponse.Builder response = ConverseResponse.builder();
    response.sdkHttpResponse(TaggedHttpResponse.of(UNTAGGED, outcome));
    ConverseResponse.Builder copied = ConverseResponse.builder();
    copied.sdkHttpResponse(eager(outcome));
    assertThat(CacheOutcome.of(response.build())).isSameAs(outcome);
    CacheOutcome parsed = CacheOutcome.of(copied.build());
    assertThat(parsed).isEqualTo(outcome);
    assertThat(parsed.age()).isEqualTo(outcome.age());
    assertThat(parsed.ttl()).isEqualTo(outcome.ttl());
    assertThat(parsed.source()).isEqualTo(outcome.source());
    assertThat(parsed.reason()).isEqualTo(outcome.reason());
  }

  @Test
  void equals_whenTheOutcomeDiffers_isFalse() {
    SdkHttpResponse one = TaggedHttpResponse.of(UNTAGGED, Outcome.coalesced());
    assertThat(one)
        .isEqualTo(TaggedHttpResponse.of(UNTAGGED, Outcome.coalesced()))
        .hasSameHashCodeAs(TaggedHttpResponse.of(UNTAGGED, Outcome.coalesced()))
        .isNotEqualTo(TaggedHttpResponse.of(UNTAGGED, Outcome.bypass(CacheReason.SCOPE_MISSING)));
  }

  @Test
  void of_whenThereIsNoHttpResponse_isOneOfStatus200() {
    assertThat(TaggedHttpResponse.of(null, Outcome.coalesced()).statusCode()).isEqualTo(200);
  }
}
