package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.examples.local.TwinClient.Reply;
import org.junit.jupiter.api.Test;

/** DynamoDB or Bedrock is down, and what the figures say of it. */
class TwinOutageTest extends TwinSetUp {
  @Test
  void chat_whileDynamoDbIsDown_isAnsweredByBedrockAndMemory() throws Exception {
    client.keep(alice, question);
    assertThat(client.post("/local/dynamodb/stop").text("dynamodb")).isEqualTo("down");
    assertThat(client.chat(alice, question).text("cacheSource")).isEqualTo("hot");
    Reply other = client.chat(alice, "another " + question);
    assertThat(other.text("cacheSource")).isEqualTo("bedrock");
    assertThat(client.get("/local/stats").text("dynamodb")).isEqualTo("down");
    assertThat(client.get("/local/stats").json().at("/totals/faults").asInt()).isPositive();
    assertThat(client.post("/local/dynamodb/start").text("dynamodb")).isEqualTo("up");
  }

  @Test
  void chat_whileBedrockIsDown_isServedWhereItIsKept() throws Exception {
    client.keep(alice, question);
    assertThat(client.post("/local/bedrock/stop").text("bedrock")).isEqualTo("down");
    assertThat(client.chat(alice, question).text("cacheSource")).isEqualTo("hot");
    Reply other = client.chat(alice, "another " + question);
    assertThat(other.status()).isEqualTo(500);
    assertThat(other.text("error")).isNotBlank();
    assertThat(other.json().toString()).doesNotContain(question).doesNotContain("127.0.0.1");
    client.post("/local/bedrock/start");
    assertThat(client.chat(alice, "another " + question).status()).isEqualTo(200);
  }

  @Test
  void stats_afterACall_tellIt() throws Exception {
    client.keep(alice, question);
    long before = client.get("/local/stats").json().path("calls").size();
    client.chat(alice, "another " + question);
    client.chat(alice, question);
    client.get("/api/ai/chat"); // refused: no token
    Reply stats = client.get("/local/stats");
    assertThat(stats.json().path("calls")).hasSize((int) before + 3);
    long last = stats.json().path("calls").get((int) before + 2).path("number").asLong();
    Reply since = client.get("/local/stats?after=" + (last - 3));
    assertThat(since.json().path("calls"))
        .extracting(
            call -> call.path("endpoint").asText(),
            call -> call.path("status").asInt(),
            call -> call.path("source").asText(),
            call -> call.path("cached").asBoolean())
        .containsExactly(
            tuple("chat", 200, "bedrock", false),
            tuple("chat", 200, "hot", true),
            tuple("chat", 401, "", false));
    assertThat(since.json().at("/totals/savedUsd").asDouble()).isPositive();
    assertThat(since.json().at("/cache/hits").asLong()).isPositive();
    assertThat(since.json().toString()).doesNotContain(question).doesNotContain("alice");
  }

  /** The header of the library's own outcome, in each of its kinds. */
  @Test
  void chat_fromEachSource_saysWhy() throws Exception {
    Reply miss = client.chat(alice, question);
    assertThat(header(miss, "Cache-Status"))
        .startsWith("bedrock-cache; fwd=miss; stored; kept; ttl=")
        .endsWith("; detail=ABSENT");
    assertThat(header(client.chat(alice, question), "Cache-Status"))
        .startsWith("bedrock-cache; hit; ")
        .endsWith("; detail=HOT");
    client.post("/local/function/replace");
    assertThat(header(client.chat(alice, question), "Cache-Status")).endsWith("; detail=WARM");
    Reply bypass = client.chat(alice, "What shall I do today? " + question);
    assertThat(header(bypass, "Cache-Status"))
        .isEqualTo("bedrock-cache; fwd=bypass; detail=BYPASS_REQUESTED");
    assertThat(header(bypass, "Cache-Faults")).isEmpty();
  }

  @Test
  void chat_whileDynamoDbIsDown_namesTheFaults() throws Exception {
    client.post("/local/dynamodb/stop");
    Reply reply = client.chat(alice, question);
    assertThat(header(reply, "Cache-Status")).contains("; detail=ABSENT");
    assertThat(header(reply, "Cache-Faults")).containsPattern("STORE_(READ_FAILED|UNAVAILABLE)");

    Reply stats = client.get("/local/stats");
    JsonNode calls = stats.json().path("calls");
    JsonNode call = calls.get(calls.size() - 1);
    assertThat(call.path("reason").asText()).isEqualTo("ABSENT");
    assertThat(call.path("faultNames").asText()).isEqualTo(header(reply, "Cache-Faults"));
    JsonNode byName = stats.json().at("/totals/faultsByName");
    for (String name : call.path("faultNames").asText().split(", ", -1)) {
      assertThat(byName.path(name).asLong()).isPositive();
    }
    assertThat(header(client.get("/api/ai/cache/stats"), "Cache-Faults")).isEmpty();
  }

  @Test
  void chat_whileBedrockIsDown_stillSaysWhyItWasAsked() throws Exception {
    client.post("/local/bedrock/stop");
    Reply reply = client.chat(alice, question);
    assertThat(reply.status()).isEqualTo(500);
    assertThat(header(reply, "Cache-Status")).contains("; detail=ABSENT");
  }

  /** Faults of an invalidation belong to no call, and are counted all the same. */
  @Test
  void invalidate_whileDynamoDbIsDown_countsTheFault() throws Exception {
    client.post("/local/dynamodb/stop");
    String body = "{\"invalidateAll\":true}";
    assertThat(client.post("/api/ai/cache/invalidate", alice, body).status()).isEqualTo(500);
    assertThat(
            client
                .get("/local/stats")
                .json()
                .at("/totals/faultsByName/INVALIDATION_FAILED")
                .asLong())
        .isPositive();
  }
}
