package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.event;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.crac.Core;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes, their fields, and what makes a question another one. */
class GymCoachFunctionTest extends GymCoachFunctionSetUp {
  private String planId(ObjectNode event) {
    return served.call(event).body().path("planId").asText();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "workout-plan/generate | {'goals':['zebra'],'duration':8,'equipment':['bar']} | planId plan",
        "meal-plan/generate | {'goals':['zebra'],'dietaryPreferences':[],'allergies':['nuts']} | planId plan",
        "progress/analyze | {'timeRange':'zebra'} | analysis",
        "form-check | {'exerciseName':'zebra','issueDescription':'knees'} | formTips",
        "motivation | {'context':'zebra'} | motivation",
        "nutrition/analyze | {'meals':[{'zebra':1}]} | analysis",
        "workout/substitute | {'exercise':'zebra'} | substitution",
        "performance/analyze | {'zebra':[1,2.5,null]} | analysis"
      })
  void route_whenAskedTwice_hasExactlyItsFields(String route, String body, String fields) {
    ObjectNode event = post("/api/ai/" + route, alice, body.replace('\'', '"'));
    Reply first = served.call(event);
    Reply second = served.call(event);

    assertThat(first.status()).isEqualTo(200);
    assertThat(first.body().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            (fields + " tokensUsed cached cacheSource cacheAge").split(" ", -1));
    assertThat(first.body().path("cached").booleanValue()).isFalse();
    assertThat(first.source()).isEqualTo("bedrock");
    assertThat(first.body().path("cacheAge").isIntegralNumber()).isTrue();
    assertThat(first.body().path("tokensUsed").intValue()).isPositive();
    assertThat(second.body().path("cached").booleanValue()).isTrue();
    assertThat(second.source()).isEqualTo("hot");
    for (String same : (fields + " tokensUsed").split(" ", -1)) {
      assertThat(second.body().path(same)).isEqualTo(first.body().path(same));
    }
    assertThat(arrived()).isEqualTo(1);
  }

  @Test
  void chat_hasExactlyItsFields() {
    Reply reply = served.call(chat(alice, "zebra"));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "success",
            "data",
            "metadata",
            "conversationId",
            "tokensUsed",
            "cached",
            "cacheSource",
            "cacheAge");
    assertThat(reply.body().path("success").booleanValue()).isTrue();
    assertThat(reply.body().path("data").fieldNames()).toIterable().containsExactly("response");
    assertThat(reply.body().at("/data/response").asText()).startsWith("Keep it simple");
    assertThat(reply.body().path("metadata").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("timestamp", "processingTime");
    assertThat(Instant.parse(reply.body().at("/metadata/timestamp").asText())).isNotNull();
    assertThat(reply.body().at("/metadata/processingTime").isIntegralNumber()).isTrue();
    assertThat(reply.headers().path("Content-Type").asText()).isEqualTo("application/json");
    assertThat(reply.headers().path("Access-Control-Allow-Origin").asText()).isEqualTo("*");
  }

  @Test
  void chat_whenItNamesAConversation_echoesItAndKeepsItOutOfTheKey() {
    String body = "{\"message\":\"zebra\",\"conversationId\":\"c-1\"}";
    Reply named = served.call(post("/api/ai/chat", alice, body));
    Reply unnamed = served.call(chat(alice, "zebra"));

    assertThat(named.body().path("conversationId").asText()).isEqualTo("c-1");
    assertThat(UUID.fromString(unnamed.body().path("conversationId").asText())).isNotNull();
    assertThat(unnamed.source()).isEqualTo("hot");
  }

  @Test
  void chat_whenTheContextDiffers_isAnotherQuestion() {
    String body = "{\"message\":\"zebra\",\"context\":{\"level\":\"%s\",\"recentMessages\":[]}}";
    served.call(post("/api/ai/chat", alice, body.formatted("beginner")));
    Reply other = served.call(post("/api/ai/chat", alice, body.formatted("expert")));
    Reply again = served.call(post("/api/ai/chat", alice, body.formatted("expert")));

    assertThat(other.source()).isEqualTo("bedrock");
    assertThat(again.source()).isEqualTo("hot");
  }

  @Test
  void plan_whenDefaultsAreWrittenOut_isTheSameQuestion() {
    String path = "/api/ai/workout-plan/generate";
    served.call(post(path, alice, "{\"goals\":[\"zebra\"]}"));
    String written = "{\"goals\":[\"zebra\"],\"duration\":4,\"daysPerWeek\":3,\"equipment\":[]}";

    assertThat(served.call(post(path, alice, written)).source()).isEqualTo("hot");
  }

  @ParameterizedTest
  @ValueSource(strings = {"progress/analyze", "motivation"})
  void optionalFields_whenThereIsNoBody_haveDefaults(String route) {
    assertThat(served.call(post("/api/ai/" + route, alice, null)).status()).isEqualTo(200);
    assertThat(served.call(post("/api/ai/" + route, alice, "{}")).source()).isEqualTo("hot");
  }

  @Test
  void twoUsers_whenTheyAskTheSame_shareNothing() {
    served.call(chat(alice, "zebra"));
    Reply bobs = served.call(chat(bob, "zebra"));

    assertThat(bobs.source()).isEqualTo("bedrock");
    assertThat(arrived()).isEqualTo(2);
  }

  @Test
  void stats_hasExactlyItsFields() {
    served.call(chat(alice, "zebra"));
    served.call(chat(alice, "zebra"));
    Reply reply = served.call(event("GET", "/api/ai/cache/stats", bob));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("success", "data", "timestamp");
    JsonNode data = reply.body().path("data");
    assertThat(data.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "enabled",
            "hits",
            "misses",
            "writes",
            "invalidations",
            "errors",
            "total_requests",
            "hit_rate_percent",
            "hot_cache_size",
            "hot_cache_max_size");
    assertThat(data.path("enabled").booleanValue()).isTrue();
    assertThat(data.path("hits").intValue()).isEqualTo(1);
    assertThat(data.path("misses").intValue()).isEqualTo(1);
    assertThat(data.path("hit_rate_percent").doubleValue()).isEqualTo(50.0);
  }

  @Test
  void planId_isOfUserEndpointAndPlan() {
    String workout = "/api/ai/workout-plan/generate";
    String body = "{\"goals\":[\"zebra\"]}";
    AWS.standIn.answerWith(
        request ->
            BedrockStandIn.Reply.json(
                "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"plan\"}]}},"
                    + "\"stopReason\":\"end_turn\",\"usage\":{\"inputTokens\":1,\"outputTokens\":1}}"));
    try {
      String id = planId(post(workout, alice, body));

      assertThat(planId(post(workout, alice, body))).isEqualTo(id);
      assertThat(planId(post(workout, bob, body))).isNotEqualTo(id);
      assertThat(planId(post("/api/ai/meal-plan/generate", alice, body))).isNotEqualTo(id);
    } finally {
      AWS.standIn.answerAsUsual();
    }
    assertThat(planId(post(workout, alice, "{\"goals\":[\"another zebra\"]}")))
        .isNotEqualTo(planId(post(workout, alice, body)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/ai/cache/stats", "/api/ai/rate-limit"})
  void head_isAnsweredAsGetIs_withoutABody(String path) {
    Reply get = served.call(event("GET", path, alice));
    Reply head = served.call(event("HEAD", path, alice));

    assertThat(head.status()).isEqualTo(200);
    assertThat(head.headers()).isEqualTo(get.headers());
    assertThat(head.body().isMissingNode()).isTrue();
    assertThat(served.call(event("HEAD", path, null)).status()).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/ai/chat", "/api/ai/cache/stats", "/anything"})
  void options_isAnsweredWithoutSigningIn(String path) {
    Reply reply = served.call(event("OPTIONS", path, null));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().path("Access-Control-Allow-Origin").asText()).isEqualTo("*");
    assertThat(reply.headers().path("Access-Control-Allow-Headers").asText())
        .isEqualTo("Content-Type, Authorization");
    assertThat(reply.headers().path("Access-Control-Allow-Methods").asText())
        .isEqualTo("GET, POST, PUT, DELETE, OPTIONS");
  }

  @Test
  void s_s_snapshot_hasNoAnswers() {
    served.call(chat(alice, "zebra"));
    ColdStart hooks = new ColdStart(served.cache);
    hooks.beforeCheckpoint(Core.getGlobalContext());
    assertThat(served.cache.stats().hotEntries()).isZero();
    hooks.afterRestore(Core.getGlobalContext());
    served.call(chat(alice, "zebra"));

    assertThat(served.call(chat(alice, "zebra")).source()).isEqualTo("hot");
  }

  @Test
  void origin_isThatOfTheSettings() {
    Map<String, String> environment = Map.of("ALLOWED_ORIGIN", "https://app.gymcoach.example");
    Served strict = new Served(AWS, AWS.bedrock, environment);
    Reply refused = strict.call(event("GET", "/nowhere", null));

    assertThat(refused.headers().path("Access-Control-Allow-Origin").asText())
        .isEqualTo("https://app.gymcoach.example");
    strict.cache.close();
  }

  @Test
  void body_whenInBase64_isRead() {
    byte[] body = "{\"message\":\"zebra ü\"}".getBytes(StandardCharsets.UTF_8);
    ObjectNode event = post("/api/ai/chat", alice, Base64.getEncoder().encodeToString(body));
    event.put("isBase64Encoded", true);

    assertThat(served.call(event).status()).isEqualTo(200);
    assertThat(served.call(chat(alice, "zebra ü")).source()).isEqualTo("hot");
  }
}
