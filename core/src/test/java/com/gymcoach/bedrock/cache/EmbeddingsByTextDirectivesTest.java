package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Directives, times, modes and policies that meet a batch of texts. */
@ParameterizedClass
@EnumSource(EmbeddingCaller.class)
class EmbeddingsByTextDirectivesTest extends EmbeddingsByTextSetUp {
  EmbeddingsByTextDirectivesTest(EmbeddingCaller way) {
    super(way);
  }

  private static long usage(@Nullable TokenUsage tokens) {
    return tokens == null ? -1 : tokens.input();
  }

  @Test
  void refresh_asksForAllTextsAsTheCallerMadeItAndReplacesThem() {
    embed("a", "bb");
    InvokeModelRequest request = CacheControl.REFRESH.applyTo(FakeCohere.ask("a", "ccc"));
    assertThat(CacheOutcome.of(call(request)).reason()).contains(CacheReason.REFRESH_REQUESTED);
    assertThat(cohere.requests).last().isSameAs(request);
    assertThat(embed("a", "bb").body().asUtf8String()).isEqualTo(body(2, "a", "bb"));
    assertThat(cohere.asked).hasSize(2);
  }

  @Test
  void noStore_servesCachedTextsAndKeepsNoNewOnes() {
    embed("a");
    assertThat(with(CacheControl.NO_STORE, "a", "bb").reason())
        .contains(CacheReason.NO_STORE_REQUESTED);
    embed("a", "bb");
    assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"), List.of("bb"));
  }

  @Test
  void onlyIfCached_whenATextIsNotCached_throwsWithoutACall() {
    embed("a", "bb");
    assertThat(with(CacheControl.ONLY_IF_CACHED, "bb", "a").status()).isEqualTo(Status.HIT);
    assertThatThrownBy(() -> with(CacheControl.ONLY_IF_CACHED, "a", "ccc"))
        .isInstanceOf(CacheMissException.class);
    assertThat(cohere.asked).hasSize(1);
  }

  @Test
  void bypass_asksForAllTextsAndKeepsNone() {
    embed("a");
    assertThat(with(CacheControl.BYPASS, "a", "bb").status()).isEqualTo(Status.BYPASS);
    assertThat(cohere.asked).last().isEqualTo(List.of("a", "bb"));
    embed("bb");
    assertThat(cohere.asked).hasSize(3);
  }

  @Test
  void maxAge_asksForTheTextsThatAreOlder() {
    embed("a");
    time.advance(Duration.ofMinutes(10));
    embed("bb");
    with(CacheControl.maxAge(Duration.ofMinutes(5)), "a", "bb");
    assertThat(cohere.asked).last().isEqualTo(List.of("a"));
  }

  @Test
  void ttl_whenItHasPassedForSomeTexts_asksForThoseAndDoesNotWaitForARefresh() {
    embed("a");
    time.advance(Duration.ofMinutes(50));
    embed("bb");
    time.advance(Duration.ofMinutes(20));
    InvokeModelResponse response = embed("a", "bb");
    assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"), List.of("a"));
    assertThat(response.body().asUtf8String()).isEqualTo(body(3, "a", "bb"));
  }

  @Test
  void staleIfError_whenEachTextHasAnAnswer_servesThem() {
    embed("a");
    time.advance(Duration.ofMinutes(50));
    embed("bb");
    time.advance(Duration.ofMinutes(20));
    RuntimeException failure = FakeBedrock.throttled();
    cohere.answer =
        request -> {
          throw failure;
        };
    InvokeModelResponse response = embed("a", "bb");
    assertThat(CacheOutcome.of(response).stale()).isTrue();
    assertThat(CacheOutcome.of(response).reason()).contains(CacheReason.STALE_IF_ERROR);
    assertThat(CacheOutcome.of(response).ttl()).contains(Duration.ofMinutes(-10));
    assertThat(CacheOutcome.of(response).age()).isEqualTo(Duration.ofMinutes(70));
    assertThat(paid(response)).isEqualTo("0");
    assertThat(response.body().asUtf8String()).isEqualTo(body(1, "a", "bb"));

    assertThat(catchThrowable(() -> embed("a", "bb", "ccc"))).isSameAs(failure);
  }

  @ParameterizedTest
  @EnumSource(
      value = CacheMode.class,
      names = {"OBSERVE", "OFF"})
  void mode_whenNotOn_sendsEachBatchWhole(CacheMode mode) {
    embed("a");
    cache.mode(mode);
    InvokeModelRequest request = FakeCohere.ask("a", "bb");
    call(request);
    assertThat(cohere.requests).last().isSameAs(request);
  }

  @Test
  void invalidate_whileTheCallIsUnderWay_keepsNoneOfItsTexts() {
    embed("a");
    cohere.answer =
        request -> {
          cache.invalidate(ALICE);
          return cohere.embedded(request);
        };
    CacheOutcome outcome = CacheOutcome.of(embed("a", "bb"));
    assertThat(outcome.reason()).contains(CacheReason.INVALIDATED_MEANWHILE);
    cohere.answer = cohere::embedded;
    embed("a", "bb");
    assertThat(cohere.asked).last().isEqualTo(List.of("a", "bb"));
  }

  @Test
  void invalidate_ofABatch_invalidatesEachOfItsTexts() {
    CacheScope all = CacheScope.shared().endpoint("search");
    String[] texts = IntStream.range(0, 24).mapToObj(i -> "text " + i).toArray(String[]::new);
    way.call(cohere, cache, all, FakeCohere.ask(texts));
    CachingBedrockClient.create(cohere, cache).forScope(all).invalidate(FakeCohere.ask(texts));
    for (String text : texts) {
      way.call(cohere, cache, all, FakeCohere.ask(text));
    }
    assertThat(cohere.asked).hasSize(1 + texts.length);
  }

  @Test
  void policy_whenItThrows_cachesTheBatchAsAWhole() {
    CachePolicy broken =
        new CachePolicy() {
          @Override
          public boolean cacheEmbeddingsByText(CallContext call) {
            throw new IllegalStateException("broken");
          }
        };
    try (BedrockCache whole = builder().cachePolicy(broken).build()) {
      way.call(cohere, whole, ALICE, FakeCohere.ask("a", "bb"));
      way.call(cohere, whole, ALICE, FakeCohere.ask("a"));
      assertThat(cohere.asked).hasSize(2);
      assertThat(whole.stats().faults()).containsKey(CacheFault.CALLBACK_FAILED);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void policy_whenItThrowsOnTheAnswer_callerGetsItAll(boolean error) {
    CachePolicy broken =
        new CachePolicy() {
          @Override
          public boolean cacheEmbeddingsByText(CallContext call) {
            return true;
          }

          @Override
          public boolean mayKeep(CallContext call, SdkResponse response) {
            if (((InvokeModelResponse) response).body().asUtf8String().contains("\"bb\"")) {
              if (error) {
                throw new StackOverflowError();
              }
              throw new IllegalStateException("broken");
            }
            return true;
          }
        };
    try (BedrockCache guarded = builder().cachePolicy(broken).build()) {
      way.call(cohere, guarded, ALICE, FakeCohere.ask("a"));
      InvokeModelResponse response = way.call(cohere, guarded, ALICE, FakeCohere.ask("a", "bb"));
      assertThat(response.body().asUtf8String()).isEqualTo(body(2, "a", "bb"));
      assertThat(CacheOutcome.of(response).reason()).contains(CacheReason.POLICY_RESPONSE);
      assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"));
    }
  }

  @Test
  void keyGenerator_whenThereIsOne_cachesTheBatchAsAWhole() {
    try (BedrockCache keyed =
        builder().keyGenerator((CallContext call, SdkRequest request) -> new byte[] {1}).build()) {
      way.call(cohere, keyed, ALICE, FakeCohere.ask("a", "bb"));
      assertThat(way.call(cohere, keyed, ALICE, FakeCohere.ask("a", "bb")).body().asUtf8String())
          .isEqualTo(body(1, "a", "bb"));
      assertThat(cohere.asked).hasSize(1);
    }
  }

  @Test
  void ttlPolicy_whenItIsZero_keepsNothingAndCallerGetsItAll() {
    try (BedrockCache none = builder().ttlPolicy(TtlPolicy.fixed(Duration.ZERO)).build()) {
      way.call(cohere, none, ALICE, FakeCohere.ask("a", "bb"));
      CacheOutcome outcome =
          CacheOutcome.of(way.call(cohere, none, ALICE, FakeCohere.ask("a", "bb")));
      assertThat(outcome.reason()).contains(CacheReason.ZERO_TTL);
      assertThat(cohere.asked).hasSize(2);
    }
  }

  @Test
  void caller_whenItOverwritesItsArrays_changesNobodyElses() {
    Arrays.fill(embed("a", "bb").body().asByteArrayUnsafe(), (byte) 'x');
    Arrays.fill(embed("bb", "ccc").body().asByteArrayUnsafe(), (byte) 'x');
    Arrays.fill(embed("ccc", "a").body().asByteArrayUnsafe(), (byte) 'x');
    assertThat(embed("a", "bb", "ccc").body().asUtf8String()).isEqualTo(body(1, "a", "bb", "ccc"));
    assertThat(cohere.asked).hasSize(2);
  }

  @Test
  void savings_whenSomeTextsAreCached_areWhatThoseWouldHaveCost() {
    double token =
        PriceList.standard()
                .usd(FakeCohere.MODEL, PriceTier.STANDARD, new TokenUsage(1_000_000, 0, 0, 0))
                .orElseThrow()
            / 1e6;
    embed("a", "bb"); // 3 tokens
    embed("bb", "ccc", "ccc"); // 3 of 5 paid: a text that comes twice is paid once
    embed("a", "ccc"); // none of 4 paid

    assertThat(told).extracting(event -> usage(event.usage())).containsExactly(3L, 3L, 4L);
    assertThat(told)
        .extracting(event -> Math.round(event.cost().savedUsd() / token))
        .containsExactly(0L, 2L, 4L);
    assertThat(cache.stats().total().bedrockUsd()).isCloseTo(6 * token, within(1e-15));
    assertThat(cache.stats().total().savedUsd()).isCloseTo(6 * token, within(1e-15));
  }
}
