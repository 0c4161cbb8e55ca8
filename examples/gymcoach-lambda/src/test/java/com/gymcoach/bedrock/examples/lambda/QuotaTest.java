package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.event;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static com.gymcoach.bedrock.examples.lambda.GymCoachFunctionSetUp.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import com.gymcoach.bedrock.testkit.DynamoDbLocal.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The quota of a user, counted in DynamoDB Local. */
class QuotaTest {
  private static final LocalAws AWS = LocalAws.shared();

  private final LogLines log = new LogLines();
  private final HandClock clock = new HandClock(Instant.parse("2026-11-30T07:59:30Z"));
  private final String alice = "alice-" + UUID.randomUUID();
  private final Served served = new Served(AWS.bedrock, quota(2));

  @AfterEach
  void close() {
    AWS.local.resume();
    AWS.local.answerAsUsual();
    log.close();
    served.cache.close();
    assertThat(log.text()).doesNotContain(alice);
  }

  private Quota quota(int limit) {
    return new Quota(
        new Quota.Counter(
            AWS.dynamoDb, "gymcoach-ai-main", limit, KeySecret.none(), Duration.ofMinutes(1)),
        clock);
  }

  private JsonNode left() {
    return served.call(event("GET", "/api/ai/rate-limit", alice)).body();
  }

  private void useUp() {
    assertThat(served.call(chat(alice, "zebra")).status()).isEqualTo(200);
    assertThat(served.call(chat(alice, "zebra")).source()).isEqualTo("hot");
  }

  @Test
  void question_whenTheQuotaIsUsedUp_is429ThatSaysWhenToComeBack() {
    useUp();
    int asked = AWS.standIn.requests();
    Reply refused = served.call(chat(alice, "zebra"));

    assertError(refused, 429);
    assertThat(refused.headers().path("Retry-After").asText()).isEqualTo("30");
    assertThat(AWS.standIn.requests()).isEqualTo(asked);
    assertThat(served.call(post("/api/ai/motivation", alice, "{}")).status()).isEqualTo(429);
  }

  @Test
  void question_whenTheNextHourHasBegun_isAnswered() {
    useUp();
    clock.advance(Duration.ofSeconds(30));

    assertThat(served.call(chat(alice, "zebra")).status()).isEqualTo(200);
  }

  @Test
  void question_ofAnotherUser_isAnswered() {
    useUp();

    assertThat(served.call(chat("bob-" + UUID.randomUUID(), "zebra")).status()).isEqualTo(200);
  }

  @Test
  void question_whenAskedOfAnotherInstance_countsToo() {
    useUp();
    Served other = new Served(AWS.bedrock, quota(2));

    assertThat(other.call(chat(alice, "zebra")).status()).isEqualTo(429);
    other.cache.close();
  }

  @Test
  void requests_thatAreRefusedOrAskNothing_doNotCount() {
    served.call(post("/api/ai/chat", alice, "{\"massage\":\"zebra\"}"));
    served.call(post("/api/ai/cache/invalidate", alice, "{\"invalidateAll\":true}"));
    served.call(event("GET", "/api/ai/cache/stats", alice));

    assertThat(left().path("remainingRequests").intValue()).isEqualTo(2);
  }

  @Test
  void rateLimit_tellsWhatIsLeftAndUntilWhen() {
    served.call(chat(alice, "zebra"));

    assertThat(left().toString())
        .isEqualTo(
            "{\"remainingRequests\":1,\"resetAt\":\"2026-11-30T08:00:00Z\",\"tier\":\"standard\"}");
    useUpTheRest();
    assertThat(left().path("remainingRequests").intValue()).isZero();
  }

  private void useUpTheRest() {
    for (int i = 0; i < 3; i++) {
      served.call(chat(alice, "zebra"));
    }
  }

  @Test
  void rateLimit_whenThereIsNoQuota_saysSo() {
    Served free = new Served(AWS.bedrock, quota(0));
    int requests = AWS.local.requests();
    free.call(chat(alice, "zebra"));
    Reply reply = free.call(event("GET", "/api/ai/rate-limit", alice));

    assertThat(reply.body().toString())
        .isEqualTo("{\"remainingRequests\":null,\"resetAt\":null,\"tier\":\"unlimited\"}");
    assertThat(AWS.local.requests()).isEqualTo(requests);
    free.cache.close();
  }

  @Test
  void question_whenTheTableIsAway_isAnswered() {
    useUp();
    AWS.local.stop();

    assertThat(served.call(chat(alice, "zebra")).status()).isEqualTo(200);
    assertThat(left().path("remainingRequests").intValue()).isEqualTo(2);
    assertThat(log.text()).contains("The quota is not counted");
  }

  @Test
  void question_whenTheRoleLacksThePermission_isAnswered() {
    AWS.local.answerWith(request -> new Refusal(400, "AccessDeniedException", "not " + alice));

    assertThat(served.call(chat(alice, "zebra")).status()).isEqualTo(200);
  }

  /** So that few questions wait for a table that does not answer. */
  @Test
  void question_whenTheTableWasAway_isNotCountedForAWhile() {
    AWS.local.answerWith(request -> new Refusal(400, "AccessDeniedException", "no"));
    served.call(chat(alice, "zebra"));
    AWS.local.answerAsUsual();
    int requests = AWS.local.requests();
    served.call(chat(alice, "zebra"));
    assertThat(AWS.local.requests()).isEqualTo(requests);
    clock.advance(Duration.ofSeconds(5));

    served.call(chat(alice, "zebra"));
    assertThat(AWS.local.requests()).isEqualTo(requests + 1);
    assertThat(left().path("remainingRequests").intValue()).isEqualTo(1);
  }

  @Test
  void item_hidesTheUserAndExpires() {
    served.call(chat(alice, "zebra"));
    List<Map<String, AttributeValue>> items =
        AWS.dynamoDb.scan(scan -> scan.tableName("gymcoach-ai-main")).items().stream()
            .filter(item -> !item.toString().contains("CACHE#"))
            .toList();

    assertThat(items).isNotEmpty();
    assertThat(items.toString()).doesNotContain(alice);
    for (Map<String, AttributeValue> item : items) {
      assertThat(item).containsOnlyKeys("PK", "SK", "used", "ttl");
      assertThat(item.get("PK")).asString().contains("QUOTA#");
      Instant ttl =
          Instant.ofEpochSecond(
              Long.parseLong(item.getOrDefault("ttl", AttributeValue.fromN("0")).n()));
      assertThat(ttl).isAfter(clock.instant().plus(Duration.ofHours(1)));
    }
  }
}
