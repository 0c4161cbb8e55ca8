package com.gymcoach.bedrock.examples.springai;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingModel;
import org.springframework.ai.embedding.EmbeddingResponse;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Embeddings by the SDK's own client, against a stand-in that counts. */
class CachedTitanEmbeddingModelTest {
  private final BedrockStandIn standIn = BedrockStandIn.start();
  private final AtomicInteger calls = new AtomicInteger();
  private final BedrockCache cache = BedrockCache.builder().build();
  private final CachingBedrockClient bedrock =
      CachingBedrockClient.create(
          BedrockRuntimeClient.builder()
              .endpointOverride(standIn.endpoint())
              .region(Region.US_EAST_1)
              .credentialsProvider(AnonymousCredentialsProvider.create())
              .build(),
          cache);

  /** Every answer differs, so that a served one cannot pass for a fresh one. */
  @BeforeEach
  void answerAsTitan() {
    standIn.answerWith(
        request -> {
          int call = calls.incrementAndGet();
          return Reply.json(
              ("{\"embedding\":[0.5,-%d,0.25],\"embeddingsByType\":{\"float\":[0.5,-%d,0.25]},"
                      + "\"inputTextTokenCount\":3}")
                  .formatted(call, call));
        });
  }

  @AfterEach
  void stop() {
    bedrock.close();
    cache.close();
    standIn.close();
  }

  @Test
  void embed_whenATextComesAgain_isAHitForThatText() {
    EmbeddingModel model = model("u-1");

    EmbeddingResponse first = model.embedForResponse(List.of("squat", "lunge"));
    EmbeddingResponse second = model.embedForResponse(List.of("lunge", "squat", "plank"));

    assertThat(standIn.requests()).isEqualTo(3);
    assertThat(first.getResults().get(0).getOutput()).containsExactly(0.5f, -1, 0.25f);
    assertThat(second.getResults().get(0).getOutput()).containsExactly(0.5f, -2, 0.25f);
    assertThat(second.getResults().get(1).getOutput()).containsExactly(0.5f, -1, 0.25f);
    assertThat(second.getMetadata().getUsage().getPromptTokens()).isEqualTo(9);
  }

  @Test
  void embed_whenADocumentHasAnEmbeddedText_isAHit() {
    float[] text = model("u-1").embed("squat");

    assertThat(model("u-1").embed(new Document("squat"))).isEqualTo(text);
    assertThat(standIn.requests()).isEqualTo(1);
  }

  @Test
  void embed_whenAnotherUserHasTheSameText_neverShares() {
    float[] ofOne = model("u-1").embed("squat");
    float[] ofTwo = model("u-2").embed("squat");

    assertThat(ofTwo).isNotEqualTo(ofOne);
    assertThat(standIn.requests()).isEqualTo(2);
  }

  private EmbeddingModel model(String user) {
    return new CachedTitanEmbeddingModel(
        bedrock, "amazon.titan-embed-text-v2:0", CacheScope.user(user).endpoint("search"));
  }
}
