package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
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

/** Batches of texts that are cached text by text, in memory, for one caller at a time. */
@ParameterizedClass
@EnumSource(EmbeddingCaller.class)
class EmbeddingsByTextTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("search");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("search");
  private static final Duration TTL = Duration.ofHours(1);
  private static final CachePolicy BY_TEXT =
      new CachePolicy() {
        @Override
        public boolean cacheEmbeddingsByText(CallContext call) {
          return true;
        }
      };

  private final EmbeddingCaller way;
  private final FakeCohere cohere = new FakeCohere();
  private final FakeTime time = new FakeTime();
  private final List<CacheEvent> told = new ArrayList<>();
  private final BedrockCache cache = builder().build();

  EmbeddingsByTextTest(EmbeddingCaller way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .cachePolicy(BY_TEXT)
        .timeSource(time)
        .metricsSink(told::add)
        .ttlPolicy(
            TtlPolicy.fixed(TTL)
                .withJitter(0)
                .withStaleWhileRevalidate(Duration.ofMinutes(30))
                .withStaleIfError(Duration.ofHours(2)));
  }

  private InvokeModelResponse call(InvokeModelRequest request) {
    return way.call(cohere, cache, ALICE, request);
  }

  private InvokeModelResponse embed(String... texts) {
    return call(FakeCohere.ask(texts));
  }

  private CacheOutcome with(CacheControl control, String... texts) {
    return CacheOutcome.of(call(control.applyTo(FakeCohere.ask(texts))));
  }

  /** Returns the body that Bedrock would give for these texts. */
  private static String body(int id, String... texts) {
    return "{\"embeddings\":%s,\"id\":\"call-%d\",\"response_type\":\"embeddings_floats\",\"texts\":%s}"
        .formatted(
            Arrays.stream(texts).map(FakeCohere::vector).collect(Collectors.joining(",", "[", "]")),
            id,
            FakeCohere.json(List.of(texts)));
  }

  private static String paid(InvokeModelResponse response) {
    return response
        .sdkHttpResponse()
        .firstMatchingHeader("x-amzn-bedrock-input-token-count")
        .orElse("");
  }

  @Test
  void batch_whenSomeTextsAreNew_asksForThoseInOneCallAndKeepsTheOrder() {
    embed("a", "bb");
    InvokeModelResponse response = embed("ccc", "bb", "dddd", "a");

    assertThat(cohere.asked).containsExactly(List.of("a", "bb"), List.of("ccc", "dddd"));
    assertThat(response.body().asUtf8String()).isEqualTo(body(2, "ccc", "bb", "dddd", "a"));
    assertThat(paid(response)).isEqualTo("7");
    assertThat(response.contentType()).isEqualTo("application/json");
    assertThat(response.sdkHttpResponse().statusCode()).isEqualTo(200);
    assertThat(response.responseMetadata().requestId()).isEqualTo("id-1");
    assertThat(CacheOutcome.of(response)).hasToString("MISS, ABSENT, kept");
  }

  @Test
  void batch_whenAllTextsAreCached_isAHitThatPaysNothing() {
    embed("a", "bb");
    embed("ccc");
    time.advance(Duration.ofMinutes(2));
    InvokeModelResponse response = embed("ccc", "a");

    assertThat(cohere.asked).hasSize(2);
    assertThat(response.body().asUtf8String()).isEqualTo(body(2, "ccc", "a"));
    assertThat(paid(response)).isEqualTo("0");
    assertThat(CacheOutcome.of(response)).hasToString("HIT from HOT, 120 s old");
    assertThat(CacheOutcome.of(response).ttl()).contains(TTL.minusMinutes(2));
  }

  @Test
  void batch_whenEveryTextIsNew_goesAsTheCallerMadeItAndComesBackUntouched() {
    InvokeModelRequest request = FakeCohere.ask("a", "bb");
    List<InvokeModelResponse> given = new ArrayList<>();
    cohere.answer =
        asked -> {
          given.add(cohere.embedded(asked));
          return given.get(0);
        };
    InvokeModelResponse response = call(request);

    assertThat(cohere.requests).singleElement().isSameAs(request);
    assertThat(response.body()).isSameAs(given.get(0).body());
    assertThat(response.sdkHttpResponse().firstMatchingHeader("Date")).isPresent();
    assertThat(paid(response)).isEqualTo("3");
  }

  @Test
  void batch_whenATextComesTwice_asksForItOnce() {
    InvokeModelResponse response = embed("a", "a", "bb", "a");

    assertThat(cohere.asked).containsExactly(List.of("a", "bb"));
    assertThat(response.body().asUtf8String()).isEqualTo(body(1, "a", "a", "bb", "a"));
    assertThat(paid(response)).isEqualTo("3");
    assertThat(embed("a", "a").body().asUtf8String()).isEqualTo(body(1, "a", "a"));
  }

  @Test
  void batch_whenItHasOneText_sharesItWithOtherBatches() {
    embed("a", "bb");
    assertThat(CacheOutcome.of(embed("bb")).status()).isEqualTo(Status.HIT);
    assertThat(paid(embed("bb"))).isEqualTo("0");
    assertThat(cohere.asked).hasSize(1);
  }

  @Test
  void batch_whenSeveralTypesAreAskedFor_joinsEachType() {
    String rest = "\"input_type\":\"clustering\",\"embedding_types\":[\"int8\",\"float\"]}";
    call(FakeCohere.request("{\"texts\":[\"a\",\"bb\"]," + rest));
    InvokeModelResponse response = call(FakeCohere.request("{\"texts\":[\"c\",\"bb\"]," + rest));

    assertThat(cohere.asked).containsExactly(List.of("a", "bb"), List.of("c"));
    assertThat(response.body().asUtf8String())
        .isEqualTo(
            "{\"embeddings\":{\"int8\":[%s,%s],\"float\":[%s,%s]},\"id\":\"call-2\","
                    .formatted(
                        FakeCohere.vector("c", "clustering", "int8"),
                        FakeCohere.vector("bb", "clustering", "int8"),
                        FakeCohere.vector("c", "clustering", "float"),
                        FakeCohere.vector("bb", "clustering", "float"))
                + "\"response_type\":\"embeddings_by_type\",\"texts\":[\"c\",\"bb\"]}");
  }

  @Test
  void batch_whenAnythingElseInTheRequestDiffers_sharesNothing() {
    embed("a");
    call(FakeCohere.request("{\"texts\":[\"a\"],\"input_type\":\"search_query\"}"));
    call(
        FakeCohere.request(
            "{\"texts\":[\"a\"],\"input_type\":\"search_document\",\"truncate\":\"END\"}"));
    call(FakeCohere.ask("a").toBuilder().modelId("cohere.embed-english-v3").build());
    way.call(cohere, cache, BOB, FakeCohere.ask("a"));
    way.call(cohere, cache, ALICE.vary("release", "2"), FakeCohere.ask("a"));
    way.call(cohere, cache, CacheScope.shared().endpoint("search"), FakeCohere.ask("a"));
    assertThat(cohere.asked).hasSize(7);
  }

  @Test
  void batch_whenTheScopeIsShared_isSharedByText() {
    CacheScope all = CacheScope.shared().endpoint("search");
    String[] texts = IntStream.range(0, 40).mapToObj(i -> "text " + i).toArray(String[]::new);
    way.call(cohere, cache, all, FakeCohere.ask(texts));
    InvokeModelResponse response =
        way.call(cohere, cache, all, FakeCohere.ask("text 39", "text 0", "text 17"));
    assertThat(CacheOutcome.of(response).status()).isEqualTo(Status.HIT);
    assertThat(response.body().asUtf8String()).isEqualTo(body(1, "text 39", "text 0", "text 17"));
  }

  @Test
  void batch_whenNotAskedFor_isCachedAsAWhole() {
    try (BedrockCache whole = BedrockCache.builder().build()) {
      way.call(cohere, whole, ALICE, FakeCohere.ask("a", "bb"));
      way.call(cohere, whole, ALICE, FakeCohere.ask("bb", "a"));
      InvokeModelResponse again = way.call(cohere, whole, ALICE, FakeCohere.ask("a", "bb"));
      assertThat(cohere.asked).containsExactly(List.of("a", "bb"), List.of("bb", "a"));
      assertThat(paid(again)).isEqualTo("3");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"texts\":[\"a\",\"b\"],\"input_type\":\"x\",\"images\":[]}",
        "{\"texts\":[\"a\",\"b\"],\"input_type\":\"x\",\"unknown\":1}",
        "{\"texts\":[\"a\",\"b\"],\"input_type\":\"x\",\"input_type\":\"y\"}",
        "{\"texts\":[\"a\",\"b\"],\"input_type\":\"x\",\"te\\u0078ts\":[\"c\"]}"
      })
  void batch_whenItIsNotKnownToBeSafe_isCachedAsAWhole(String body) {
    call(FakeCohere.request(body));
    call(FakeCohere.request(body.replace("[\"a\",\"b\"]", "[\"b\",\"a\"]")));
    assertThat(cohere.asked).hasSize(2).allMatch(texts -> texts.size() >= 2);
    assertThat(CacheOutcome.of(call(FakeCohere.request(body))).status()).isEqualTo(Status.HIT);
  }

  @Test
  void batch_whenItHasMoreTextsThanBedrockTakes_goesWhole() {
    List<String> texts = IntStream.range(0, 97).mapToObj(i -> "t" + i).toList();
    embed("t1", "t2");
    call(FakeCohere.ask(texts));
    assertThat(cohere.asked).last().isEqualTo(texts);
  }

  @Test
  void batch_whenTheCallFails_throwsThatExceptionAndKeepsWhatWasCached() {
    embed("a");
    RuntimeException failure = FakeBedrock.throttled();
    cohere.answer =
        request -> {
          throw failure;
        };
    assertThat(catchThrowable(() -> embed("a", "bb"))).isSameAs(failure);
    assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"));
    assertThat(CacheOutcome.of(embed("a")).status()).isEqualTo(Status.HIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>Bad gateway</html>",
        "",
        "{\"message\":\"An internal error\"}",
        "{\"embeddings\":[[0.5]",
        "{\"embeddings\":[[0.5]],\"id\":\"1\",\"response_type\":\"embeddings_floats\"}",
        "{\"embeddings\":[[0.5],[0.25],[1]],\"id\":\"1\",\"response_type\":\"embeddings_floats\"}",
        "{\"embeddings\":[[0.5],[0.25]],\"id\":\"1\",\"more\":{}}",
        "{\"embeddings\":null,\"id\":\"1\"}"
      })
  void batch_whenAllIsNewAndTheAnswerCannotBeTakenApart_returnsItAsItIs(String body) {
    cohere.answer = request -> FakeCohere.reply(body, 3);
    InvokeModelResponse response = embed("a", "bb");
    assertThat(response.body().asUtf8String()).isEqualTo(body);
    assertThat(CacheOutcome.of(response).kept()).isFalse();
    assertThat(CacheOutcome.of(response).reason()).isPresent();
    assertThat(cohere.asked).hasSize(1);
    cohere.answer = cohere::embedded;
    embed("a", "bb");
    assertThat(cohere.asked).hasSize(2);
  }

  /** No caller can read vectors from these, so none is given to the wrong text. */
  @ParameterizedTest
  @ValueSource(strings = {"<html>Bad gateway</html>", "", "{\"message\":\"An internal error\"}"})
  void batch_whenTheAnswerForSomeHoldsNoVectors_returnsItAsItIs(String body) {
    embed("a");
    cohere.answer = request -> FakeCohere.reply(body, 3);
    assertThat(embed("a", "bb").body().asUtf8String()).isEqualTo(body);
    assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"));
    assertThat(CacheOutcome.of(embed("a")).status()).isEqualTo(Status.HIT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"embeddings\":[],\"id\":\"1\"}",
        "{\"embeddings\":[[0.5]",
        "{\"embeddings\":[[0.5],[0.25],[0.125]],\"id\":\"1\"}",
        "{\"embeddings\":{\"float\":[[0.5]]},\"id\":\"1\",\"texts\":[\"bb\"]}",
        "{\"embeddings\":[[0.5]],\"id\":\"1\",\"more\":{}}"
      })
  void batch_whenTheAnswerForSomeCannotBeJoined_sendsItWhole(String body) {
    embed("a");
    cohere.answer = request -> FakeCohere.reply(body, 3);
    InvokeModelRequest request = FakeCohere.ask("a", "bb");
    InvokeModelResponse whole = call(request);
    assertThat(whole.body().asUtf8String()).isEqualTo(body);
    assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"), List.of("a", "bb"));
    assertThat(cohere.requests).last().isSameAs(request);
    assertThat(CacheOutcome.of(whole).kept()).isFalse();
    assertThat(cache.stats().total().savedUsd()).isLessThanOrEqualTo(0);

    assertThat(embed("a", "bb").body().asUtf8String()).isEqualTo(body);
    assertThat(cohere.asked).hasSize(4).last().isEqualTo(List.of("a", "bb"));

    cohere.answer = cohere::embedded;
    time.advance(Duration.ofMinutes(5));
    embed("a", "bb");
    assertThat(cohere.asked).last().isEqualTo(List.of("bb"));
  }

  @Test
  void batch_whenItHadToBeSentWhole_isKeptTextByText() {
    embed("a");
    cohere.answer =
        request ->
            cohere.asked.size() == 2
                ? FakeCohere.reply("{\"embeddings\":[],\"id\":\"1\"}", 3)
                : cohere.embedded(request);
    InvokeModelResponse whole = embed("a", "bb");
    assertThat(whole.body().asUtf8String()).isEqualTo(body(3, "a", "bb"));
    assertThat(cohere.asked).containsExactly(List.of("a"), List.of("bb"), List.of("a", "bb"));
    assertThat(CacheOutcome.of(embed("bb")).status()).isEqualTo(Status.HIT);
    assertThat(cache.stats().total().savedUsd()).isPositive();
  }

  @Test
  void batch_whenItIsSentWhole_hasOnlyTheTimeThatIsLeft() {
    embed("a");
    cohere.answer =
        request -> {
          time.advance(Duration.ofSeconds(9));
          return FakeCohere.reply("{\"embeddings\":[],\"id\":\"1\"}", 3);
        };
    InvokeModelRequest limited =
        FakeCohere.ask("a", "bb").toBuilder()
            .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofSeconds(10)))
            .build();
    call(limited);
    assertThat(cohere.requests)
        .last()
        .extracting(request -> request.overrideConfiguration().orElseThrow().apiCallTimeout())
        .isEqualTo(Optional.of(Duration.ofSeconds(1)));
  }

  /** As after a change of the service, within the life of an entry. */
  @Test
  void batch_whenItsCachedTextsHaveDifferentForms_goesWhole() {
    embed("a");
    cohere.answer = request -> FakeCohere.reply("{\"embeddings\":{\"float\":[[1]]}}", 2);
    embed("bb");
    cohere.answer = cohere::embedded;
    InvokeModelRequest request = FakeCohere.ask("a", "bb");
    call(request);
    assertThat(cohere.requests).last().isSameAs(request);
    embed("a", "bb", "ccc");
    assertThat(cohere.asked).last().isEqualTo(List.of("a", "bb", "ccc"));
    assertThatThrownBy(() -> with(CacheControl.ONLY_IF_CACHED, "a", "bb"))
        .isInstanceOf(CacheMissException.class);
    assertThat(CacheOutcome.of(embed("ccc")).status()).isEqualTo(Status.HIT);
    assertThat(cohere.asked).hasSize(4);
  }

  @Test
  void batch_whenOneVectorIsNotUsable_keepsTheOthers() {
    cohere.answer =
        request ->
            FakeCohere.reply(
                "{\"embeddings\":[[0.5,1],[0.0,0.0]],\"id\":\"1\",\"texts\":[\"a\",\"bb\"]}", 3);
    CacheOutcome first = CacheOutcome.of(embed("a", "bb"));
    assertThat(first.reason()).contains(CacheReason.EMPTY_ANSWER);
    assertThat(first.kept()).isFalse();
    cohere.answer =
        request -> FakeCohere.reply("{\"embeddings\":[[2]],\"id\":\"2\",\"texts\":[\"bb\"]}", 2);
    assertThat(embed("a", "bb").body().asUtf8String())
        .isEqualTo("{\"embeddings\":[[0.5,1],[2]],\"id\":\"2\",\"texts\":[\"a\",\"bb\"]}");
    assertThat(cohere.asked).last().isEqualTo(List.of("bb"));
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

  private static long usage(@Nullable TokenUsage tokens) {
    return tokens == null ? -1 : tokens.input();
  }
}
