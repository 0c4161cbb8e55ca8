package com.gymcoach.bedrock.examples.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.examples.langchain4j.CachedEmbeddingModels.EmbeddingsByText;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.bedrock.BedrockCohereEmbeddingModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** LangChain4j's own embedding models and the SDK's client, against a stand-in that counts. */
class CachedEmbeddingModelsTest {
  private static final String TITAN = "amazon.titan-embed-text-v2:0";
  private static final String COHERE = "cohere.embed-english-v3";

  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final AtomicInteger calls = new AtomicInteger();
  private final BedrockCache cache = BedrockCache.builder().build();
  private final CachingBedrockClient bedrock =
      CachingBedrockClient.create(Asked.client(standIn), cache);
  private final CachedEmbeddingModels models = new CachedEmbeddingModels(bedrock);

  @AfterEach
  void stop() {
    bedrock.close();
    cache.close();
    standIn.close();
  }

  @Test
  void titan_whenATextComesAgain_isAHitForThatText() {
    answerWith("{\"embedding\":[0.5,-%d,0.25],\"inputTextTokenCount\":3}");
    EmbeddingModel model = models.titan(TITAN, of("u-1"));

    Response<List<Embedding>> first = model.embedAll(texts("squat", "lunge"));
    Response<List<Embedding>> second = model.embedAll(texts("lunge", "squat", "plank"));

    assertThat(standIn.requests()).isEqualTo(3);
    assertThat(first.content()).doesNotHaveDuplicates();
    assertThat(second.content().subList(0, 2))
        .containsExactly(first.content().get(1), first.content().get(0));
    assertThat(second.tokenUsage()).extracting(TokenUsage::inputTokenCount).isEqualTo(9);
  }

  @Test
  void cohere_whenTheSameBatchComesAgain_isAHit() {
    answerWith("{\"embeddings\":{\"float\":[[0.5,%d],[1.5,0.25]]},\"id\":\"1\"}");
    EmbeddingModel model = models.cohere(COHERE, of("u-1"));

    Response<List<Embedding>> first = model.embedAll(texts("squat", "lunge"));
    Response<List<Embedding>> second = model.embedAll(texts("squat", "lunge"));

    assertThat(standIn.requests()).isEqualTo(1);
    assertThat(first.content()).hasSize(2);
    assertThat(second.content()).isEqualTo(first.content());
  }

  /** The stand-in's own answers: a vector depends on its text, and each word is a token. */
  @Test
  void cohere_whenCachedByText_paysForNewTextsOnly() {
    try (BedrockCache byText = BedrockCache.builder().cachePolicy(new EmbeddingsByText()).build()) {
      EmbeddingModel model =
          new CachedEmbeddingModels(CachingBedrockClient.create(Asked.client(standIn), byText))
              .cohere(COHERE, of("u-1"));
      EmbeddingModel bare =
          BedrockCohereEmbeddingModel.builder()
              .client(Asked.client(standIn))
              .model(COHERE)
              .inputType(BedrockCohereEmbeddingModel.InputType.SEARCH_DOCUMENT)
              .build();
      String[] some = {"front squat", "walking lunge", "plank"};
      String[] more = {"plank", "deadlift", "front squat", "deadlift", "hip thrust"};
      List<Embedding> expected = bare.embedAll(texts(more)).content();

      Response<List<Embedding>> first = model.embedAll(texts(some));
      Response<List<Embedding>> second = model.embedAll(texts(more));
      Response<List<Embedding>> third = model.embedAll(texts(more));

      assertThat(second.content()).isEqualTo(expected);
      assertThat(third.content()).isEqualTo(expected);
      assertThat(Stream.of(first, second, third).map(CachedEmbeddingModelsTest::paid))
          .containsExactly(5, 3, 0);
      assertThat(standIn.requests()).isEqualTo(3); // one of them without the cache
      assertThat(model.embed("deadlift").content()).isEqualTo(expected.get(1));
      assertThat(standIn.requests()).isEqualTo(3);
    }
  }

  /** 200 texts are three calls of LangChain4j; the second time, one with the texts that are new. */
  @Test
  void cohere_whenThereAreMoreTextsThanACallTakes_asksForTheNewOnesOfEachCall() {
    try (BedrockCache byText = BedrockCache.builder().cachePolicy(new EmbeddingsByText()).build()) {
      EmbeddingModel model =
          new CachedEmbeddingModels(CachingBedrockClient.create(Asked.client(standIn), byText))
              .cohere(COHERE, of("u-1"));
      List<TextSegment> all =
          IntStream.range(0, 200).mapToObj(i -> TextSegment.from("exercise " + i)).toList();
      model.embedAll(all.subList(0, 199));
      assertThat(standIn.requests()).isEqualTo(3);

      Response<List<Embedding>> again = model.embedAll(all);
      assertThat(standIn.requests()).isEqualTo(4);
      assertThat(paid(again)).isEqualTo(2);
      assertThat(again.content()).hasSize(200).doesNotHaveDuplicates();
    }
  }

  @Test
  void embed_whenAnotherUserHasTheSameText_neverShares() {
    answerWith("{\"embedding\":[0.5,%d],\"inputTextTokenCount\":3}");

    Embedding ofOne = models.titan(TITAN, of("u-1")).embed("squat").content();
    Embedding ofTwo = models.titan(TITAN, of("u-2")).embed("squat").content();

    assertThat(standIn.requests()).isEqualTo(2);
    assertThat(ofTwo).isNotEqualTo(ofOne);
  }

  @Test
  void embed_whenTheScopeIsShared_isAHitForAllUsers() {
    answerWith("{\"embedding\":[0.5,%d],\"inputTextTokenCount\":3}");
    CacheScope catalogue = CacheScope.shared().endpoint("catalogue");

    models.titan(TITAN, catalogue).embed("squat");
    models.titan(TITAN, catalogue).embed("squat");

    assertThat(standIn.requests()).isEqualTo(1);
  }

  private static int paid(Response<?> response) {
    return Objects.requireNonNull(response.tokenUsage()).inputTokenCount();
  }

  /** Every answer differs, so that a served one cannot pass for a fresh one. */
  private void answerWith(String body) {
    standIn.answerWith(request -> Reply.json(body.formatted(calls.incrementAndGet())));
  }

  private static CacheScope of(String user) {
    return CacheScope.user(user).endpoint("search");
  }

  private static List<TextSegment> texts(String... texts) {
    return List.of(texts).stream().map(TextSegment::from).toList();
  }
}
