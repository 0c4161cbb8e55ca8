package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;

/** Two instances of a service, each with a memory of its own, on one table. */
class TwoInstancesTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");
  private static final Message QUESTION =
      Message.builder().role("user").content(ContentBlock.fromText("Plan my week")).build();
  private static final Duration DELAY = Duration.ofSeconds(10);

  private final String table = Dynamo.table();
  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final AtomicInteger answers = new AtomicInteger();
  private final BedrockStandIn bedrock =
      BedrockStandIn.start().answerWith(request -> numbered(answers.incrementAndGet()));
  private final BedrockRuntimeClient client =
      Dynamo.configured(BedrockRuntimeClient.builder(), bedrock.endpoint())
          .httpClient(Apache5HttpClient.create())
          .build();

  @AfterEach
  void stop() {
    client.close();
    bedrock.close();
  }

  @ParameterizedTest
  @EnumSource
  void invalidate_whenAnotherInstanceHasItInMemory_isObeyedThereWithinTheDelay(Kind kind) {
    try (BedrockCache here = cache(kind);
        BedrockCache there = cache(kind)) {
      assertThat(ask(there, ALICE)).isEqualTo("1");
      assertThat(ask(there, BOB)).isEqualTo("2");
      assertThat(here.invalidate(ALICE)).isEqualTo(1);
      time.advance(DELAY);
      assertThat(ask(there, ALICE)).isEqualTo("3");
      assertThat(ask(here, ALICE)).isEqualTo("3");
      assertThat(ask(there, BOB)).isEqualTo("2");
      assertThat(bedrock.requests()).isEqualTo(3);
    }
  }

  /** The control of the test above: it is the marker in the table that the other one obeys. */
  @ParameterizedTest
  @EnumSource
  void invalidate_whenItsMarkerIsLost_isNotObeyedByAnotherInstance(Kind kind) {
    try (BedrockCache here = cache(kind);
        BedrockCache there = cache(kind)) {
      assertThat(ask(there, ALICE)).isEqualTo("1");
      here.invalidate(ALICE);
      loseMarkers();
      time.advance(DELAY);
      assertThat(ask(there, ALICE)).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void invalidate_whileAnotherInstanceWaitsForBedrock_keepsThatAnswerFromBoth(Kind kind)
      throws Exception {
    try (BedrockCache here = cache(kind);
        BedrockCache there = cache(kind)) {
      askWhileInvalidating(there, here, () -> {});
      assertThat(ask(here, ALICE)).isEqualTo("2");
      time.advance(DELAY);
      assertThat(ask(there, ALICE)).isNotEqualTo("1");
    }
  }

  /** The control of the test above. */
  @ParameterizedTest
  @EnumSource
  void invalidate_whileAnotherInstanceWaitsAndTheMarkerIsLost_servesThatAnswerToBoth(Kind kind)
      throws Exception {
    try (BedrockCache here = cache(kind);
        BedrockCache there = cache(kind)) {
      askWhileInvalidating(there, here, this::loseMarkers);
      assertThat(ask(here, ALICE)).isEqualTo("1");
      time.advance(DELAY);
      assertThat(ask(there, ALICE)).isEqualTo("1");
    }
  }

  private void askWhileInvalidating(BedrockCache asking, BedrockCache invalidating, Runnable then)
      throws Exception {
    bedrock.hold();
    CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> ask(asking, ALICE));
    bedrock.awaitRequests(1);
    invalidating.invalidate(ALICE);
    then.run();
    bedrock.release();
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo("1");
  }

  private BedrockCache cache(Kind kind) {
    return BedrockCache.builder()
        .store(kind.store(table).build())
        .invalidationDelay(DELAY)
        .timeSource(time)
        .build();
  }

  private String ask(BedrockCache cache, CacheScope scope) {
    ConverseResponse response =
        CachingBedrockClient.create(client, cache)
            .forScope(scope)
            .converse(r -> r.modelId("anthropic.claude-3-haiku-20240307-v1:0").messages(QUESTION));
    return response.output().message().content().get(0).text();
  }

  private void loseMarkers() {
    Dynamo.items(table)
        .values()
        .forEach(
            item -> {
              if (Dynamo.text(item, "SK").equals("M")) {
                Dynamo.client()
                    .deleteItem(
                        delete ->
                            delete
                                .tableName(table)
                                .key(
                                    Map.of(
                                        "PK", Objects.requireNonNull(item.get("PK")),
                                        "SK", Objects.requireNonNull(item.get("SK")))));
              }
            });
  }

  private static BedrockStandIn.Reply numbered(int number) {
    return BedrockStandIn.Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + number
            + "\"}]}},\"stopReason\":\"end_turn\"}");
  }
}
