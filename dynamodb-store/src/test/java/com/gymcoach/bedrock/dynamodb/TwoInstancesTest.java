package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two instances of a service, each with its own memory, on one table. */
@ParameterizedClass
@EnumSource(Way.class)
class TwoInstancesTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final CacheScope BOB = CacheScope.user("bob").endpoint("chat");
  private static final Duration DELAY = Duration.ofSeconds(10);

  private final String table = Dynamo.table();
  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final AtomicInteger answers = new AtomicInteger();
  private final BedrockStandIn bedrock =
      BedrockStandIn.start().answerWith(request -> Caller.reply("" + answers.incrementAndGet()));
  private final Caller caller;

  TwoInstancesTest(Way way) {
    caller = new Caller(way, bedrock.endpoint());
  }

  @AfterEach
  void stop() {
    caller.close();
    bedrock.close();
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
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
  @EnumSource(Kind.class)
  void invalidate_whenItsMarkerIsLost_isNotObeyedByAnotherInstance(Kind kind) {
    try (BedrockCache here = cache(kind);
        BedrockCache there = cache(kind)) {
      assertThat(ask(there, ALICE)).isEqualTo("1");
      here.invalidate(ALICE);
      Dynamo.loseMarkers(Dynamo.client(), table);
      time.advance(DELAY);
      assertThat(ask(there, ALICE)).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
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
  @EnumSource(Kind.class)
  void invalidate_whileAnotherInstanceWaitsAndTheMarkerIsLost_servesThatAnswerToBoth(Kind kind)
      throws Exception {
    try (BedrockCache here = cache(kind);
        BedrockCache there = cache(kind)) {
      askWhileInvalidating(there, here, () -> Dynamo.loseMarkers(Dynamo.client(), table));
      assertThat(ask(here, ALICE)).isEqualTo("1");
      time.advance(DELAY);
      assertThat(ask(there, ALICE)).isEqualTo("1");
    }
  }

  /** A call after the delay does not get an answer from before the invalidation. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void invalidate_whileAnotherInstanceWaitsForBedrock_isObeyedByWhoJoinsThereAfterTheDelay(
      Kind kind) throws Exception {
    try (BedrockCache here = cache(kind);
        BedrockCache there = cache(kind)) {
      bedrock.hold();
      CompletableFuture<String> before = CompletableFuture.supplyAsync(() -> ask(there, ALICE));
      bedrock.awaitRequests(1);
      here.invalidate(ALICE);
      time.advance(DELAY);
      CompletableFuture<String> after = CompletableFuture.supplyAsync(() -> ask(there, ALICE));
      bedrock.awaitRequests(2); // it asks for itself
      bedrock.release();
      assertThat(after.get(30, TimeUnit.SECONDS)).isNotEqualTo(before.get(30, TimeUnit.SECONDS));
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
    return caller.ask(cache, scope, "Plan my week");
  }
}
