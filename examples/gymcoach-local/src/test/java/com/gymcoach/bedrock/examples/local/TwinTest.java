package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.local.TwinClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the twin adds to the service: why, stop, the page, and the way from elsewhere. */
class TwinTest extends TwinSetUp {
  @Test
  void why_namesTheFieldsOfTheUsersOwnMissesAndNoText() throws Exception {
    String user = "dora-" + UUID.randomUUID();
    String dora = client.token(user);
    String path = "/local/why?user=" + user + "&endpoint=chat";
    client.chatTwice(dora, question);
    client.chat(dora, "And how do I pull?");
    Reply reply = client.get(path);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("misses")).hasSize(2);
    assertThat(reply.json().at("/misses/0/cause").asText()).isEqualTo("DIFFERS");
    assertThat(reply.json().at("/misses/0/paths")).hasSize(1);
    assertThat(reply.json().at("/misses/0/paths/0").asText())
        .isEqualTo("messages[0].content[0].text");
    assertThat(reply.json().at("/misses/1/cause").asText()).isEqualTo("NOT_SEEN");
    assertThat(reply.json().toString()).doesNotContain("squat", "pull", user);
    assertThat(client.get("/local/why?user=no-one&endpoint=chat").json().path("misses")).isEmpty();
    client.post("/local/function/replace");
    assertThat(client.get(path).json().path("misses")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?user=alice", "?endpoint=chat", "?user=a%20b&endpoint=chat"})
  void why_withoutAUserAndAnEndpoint_isRefused(String query) throws Exception {
    assertThat(client.get("/local/why" + query).status()).isEqualTo(400);
  }

  @Test
  void chat_twice_comesFromBedrockThenFromMemory() throws Exception {
    Reply first = client.chat(alice, question);
    assertThat(first.status()).isEqualTo(200);
    assertThat(first.text("cacheSource")).isEqualTo("bedrock");
    assertThat(first.json().at("/data/response").asText()).isNotBlank();
    Reply second = client.chat(alice, question);
    assertThat(second.text("cacheSource")).isEqualTo("hot");
    assertThat(second.json().at("/data/response")).isEqualTo(first.json().at("/data/response"));
    assertThat(client.chat(client.token("bob"), question).text("cacheSource")).isEqualTo("bedrock");
  }

  @Test
  void replace_ofTheInstance_leavesTheTable() throws Exception {
    client.keep(alice, question);
    assertThat(client.chat(alice, question).text("cacheSource")).isEqualTo("hot");
  }

  @Test
  void invalidate_ofTheUsers_asksBedrockAnew() throws Exception {
    client.chatTwice(alice, question);
    Reply gone = client.post("/api/ai/cache/invalidate", alice, "{\"invalidateAll\":true}");
    assertThat(gone.json().path("success").asBoolean()).isTrue();
    assertThat(gone.json().path("invalidatedCount").asInt()).isPositive();
    assertThat(client.chat(alice, question).text("cacheSource")).isEqualTo("bedrock");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/ai/chat, 405",
    "POST, /api/ai/nothing, 404",
    "POST, /api/, 404",
    "GET, /nothing, 404",
    "POST, /, 405",
    "GET, /local/nothing, 404",
    "POST, /local/token, 405",
    "GET, /local/dynamodb/stop, 405"
  })
  void anything_unknown_isAnErrorInJson(String method, String path, int status) throws Exception {
    Reply reply =
        client.send(
            client
                .request(path)
                .header("Authorization", "Bearer " + alice)
                .method(method, BodyPublishers.noBody()));
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.text("error")).isNotBlank();
    assertThat(reply.text("message")).isNotBlank();
    if (status == 405) {
      assertThat(reply.headers().firstValue("Allow")).isPresent();
    }
  }

  @Test
  void preflight_withoutAToken_isAnswered() throws Exception {
    Reply reply =
        client.send(client.request("/api/ai/chat").method("OPTIONS", BodyPublishers.noBody()));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    assertThat(reply.headers().firstValue("Access-Control-Allow-Headers"))
        .contains("Content-Type, Authorization");
  }

  @Test
  void stop_twice_isTheSameAsOnce() throws Exception {
    client.post("/local/bedrock/stop");
    assertThat(client.post("/local/bedrock/stop").status()).isEqualTo(200);
    client.post("/local/bedrock/start");
    assertThat(client.post("/local/bedrock/start").text("bedrock")).isEqualTo("up");
    assertThat(client.chat(alice, question).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "Host: gymcoach.attacker.example, X-Nothing: 1",
    "Host: gymcoach.attacker.example:%d, X-Nothing: 1",
    "Host: 127.0.0.1.attacker.example:%d, X-Nothing: 1",
    "Host: 127.0.0.1, X-Nothing: 1",
    "Host: 127.0.0.1:%d, Origin: http://attacker.example",
    "Host: 127.0.0.1:%d, Origin: null",
    "Host: localhost:%d, Origin: https://localhost:%<d"
  })
  void local_fromElsewhere_is403(String host, String other) throws Exception {
    String reply =
        client.raw(
            "POST /local/bedrock/stop HTTP/1.1",
            host.formatted(twin.port()),
            other.replace("%<d", Integer.toString(twin.port())),
            "Content-Length: 0");
    assertThat(reply).startsWith("HTTP/1.1 403");
    assertThat(client.get("/local/stats").text("bedrock")).isEqualTo("up");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void local_fromHere_isAnswered(String name) throws Exception {
    String host = name + ":" + twin.port();
    String reply =
        client.raw(
            "GET /local/token?user=alice HTTP/1.1", "Host: " + host, "Origin: http://" + host);
    assertThat(reply).startsWith("HTTP/1.1 200").doesNotContain("Access-Control");
  }

  @Test
  void page_itself_allowsNothingFromElsewhere() throws Exception {
    Reply page = client.get("/");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; script-src 'self';")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
  }

  @Test
  void stats_ofTheTwin_sayWhatIsPlayed() throws Exception {
    assertThat(client.get("/local/stats").text("introduction"))
        .contains("stand-in that calls no model")
        .contains("delay of 0.0 s is played")
        .contains("may take 10.0 s; in the function on AWS, 0.05 s");
  }
}
