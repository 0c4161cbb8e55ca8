package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Batches that are sent or returned as a whole. */
@ParameterizedClass
@EnumSource(EmbeddingCaller.class)
class EmbeddingsByTextWholeTest extends EmbeddingsByTextSetUp {
  EmbeddingsByTextWholeTest(EmbeddingCaller way) {
    super(way);
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
}
