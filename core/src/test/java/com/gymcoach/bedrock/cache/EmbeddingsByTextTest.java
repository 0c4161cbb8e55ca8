package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** Batches of texts: which texts are asked for, and what comes back. */
@ParameterizedClass
@EnumSource(EmbeddingCaller.class)
class EmbeddingsByTextTest extends EmbeddingsByTextSetUp {
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("search");

  EmbeddingsByTextTest(EmbeddingCaller way) {
    super(way);
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
}
