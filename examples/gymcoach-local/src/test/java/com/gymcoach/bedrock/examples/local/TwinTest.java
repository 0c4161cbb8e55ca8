package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.examples.local.TwinClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TwinTest {
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Algorithm OURS = Algorithm.HMAC256(SECRET);
  private static final String NO_ONE =
      "{\"sub\":\"mallory\",\"iss\":\"gymcoach-local\",\"exp\":4102444800}";

  private static Twin twin;
  private static TwinClient client;

  private String alice;
  private String question;

  @BeforeAll
  static void start() {
    Options options =
        Options.parse(Map.of(), "--port", "0", "--delay", "0s", "--read-budget", "10s");
    twin =
        Twin.start(
            options,
            new Tokens(SECRET),
            (o, settings) -> LocalServices.start(o.delay(), settings.tableName()));
    client = new TwinClient(twin.url());
  }

  @AfterAll
  static void stop() {
    twin.close();
  }

  @BeforeEach
  void ask() throws Exception {
    alice = client.token("alice");
    question = "How do I squat? " + UUID.randomUUID();
  }

  @AfterEach
  void end() throws Exception {
    client.post("/local/dynamodb/start");
    client.post("/local/bedrock/start");
  }

  // Why

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

  // Answers

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

  @Test
  void invalidate_forAnother_needsTheAdminsGroup() throws Exception {
    String bob = client.token("bob");
    client.keep(bob, question);
    String body = "{\"invalidateAll\":true,\"userId\":\"bob\"}";
    assertThat(client.post("/api/ai/cache/invalidate", alice, body).status()).isEqualTo(403);
    assertThat(client.chat(bob, question).text("cacheSource")).isEqualTo("hot");
    String admin = client.get("/local/token?user=root&admin=true").text("token");
    assertThat(client.post("/api/ai/cache/invalidate", admin, body).status()).isEqualTo(200);
    assertThat(client.chat(bob, question).text("cacheSource")).isEqualTo("bedrock");
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

  // Tokens

  static Stream<String> refused() {
    Instant later = Instant.now().plusSeconds(3600);
    Tokens own = new Tokens(SECRET);
    String good = own.issue("alice", false, later);
    String[] parts = good.split("\\.", -1);
    return Stream.of(
        "",
        "Bearer",
        "Bearer ",
        "Basic YWxpY2U6YQ==",
        good, // without the scheme
        "Bearer " + good + "x",
        "Bearer " + good + ", Bearer " + good,
        "Bearer " + own.issue("alice", false, Instant.now().minusSeconds(1)),
        "Bearer "
            + new Tokens("another".repeat(5).getBytes(StandardCharsets.US_ASCII))
                .issue("alice", true, later),
        "Bearer " + parts[0] + "." + base64(NO_ONE) + "." + parts[2], // forged
        "Bearer " + base64("{\"alg\":\"none\",\"typ\":\"JWT\"}") + "." + base64(NO_ONE) + ".",
        "Bearer " + base64("{\"alg\":\"None\"}") + "." + base64(NO_ONE) + "." + parts[2],
        "Bearer "
            + JWT.create()
                .withIssuer(Tokens.ISSUER)
                .withSubject("a")
                .withExpiresAt(later)
                .sign(Algorithm.HMAC512(SECRET)),
        "Bearer " + JWT.create().withIssuer(Tokens.ISSUER).withSubject("a").sign(OURS), // no exp
        "Bearer "
            + JWT.create().withIssuer("elsewhere").withSubject("a").withExpiresAt(later).sign(OURS),
        "Bearer "
            + JWT.create().withIssuer(Tokens.ISSUER).withExpiresAt(later).sign(OURS), // no sub
        "Bearer "
            + JWT.create()
                .withIssuer(Tokens.ISSUER)
                .withExpiresAt(later)
                .withNotBefore(later)
                .withSubject("a")
                .sign(OURS));
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void chat_withoutAValidToken_is401(String authorization) throws Exception {
    Reply reply =
        client.send(
            client
                .request("/api/ai/chat")
                .header("Authorization", authorization)
                .POST(BodyPublishers.ofString("{\"message\":\"" + question + "\"}")));
    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.json().properties().stream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrder("error", "message");
    assertThat(reply.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
  }

  @Test
  void chat_withoutAnAuthorizationHeader_is401() throws Exception {
    Reply reply =
        client.send(
            client.request("/api/ai/chat").POST(BodyPublishers.ofString("{\"message\":\"hi\"}")));
    assertThat(reply.status()).isEqualTo(401);
  }

  @Test
  void stats_withTwoAuthorizationHeaders_is401() throws Exception {
    String reply =
        client.raw(
            "GET /api/ai/cache/stats HTTP/1.1",
            "Host: 127.0.0.1",
            "Authorization: Bearer " + alice,
            "Authorization: Bearer " + alice);
    assertThat(reply).startsWith("HTTP/1.1 401");
  }

  @Test
  void invalidate_withHeadersThatClaimAnotherUser_isTheTokensUsers() throws Exception {
    Reply reply =
        client.send(
            client
                .request("/api/ai/cache/invalidate?sub=bob&userId=bob")
                .header("Authorization", "Bearer " + alice)
                .header("sub", "bob")
                .header("X-User-Id", "bob")
                .header("cognito:groups".replace(':', '-'), "[admin]")
                .header(
                    "x-amzn-request-context",
                    "{\"authorizer\":{\"jwt\":{\"claims\":{\"sub\":\"bob\"}}}}")
                .header(
                    "requestContext", "{\"authorizer\":{\"jwt\":{\"claims\":{\"sub\":\"bob\"}}}}")
                .POST(BodyPublishers.ofString("{\"invalidateAll\":true}")));
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text("userId")).isEqualTo("alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sub", "username", "requestContext"})
  void invalidate_withABodyThatClaimsAnotherUser_isRefused(String member) throws Exception {
    String body = "{\"invalidateAll\":true,\"" + member + "\":\"bob\"}";
    Reply reply = client.post("/api/ai/cache/invalidate", alice, body);

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.text("message")).contains('"' + member + '"');
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a%20b", "%3Cb%3E", "a/b"})
  void token_forAUserThatCannotBe_is400(String user) throws Exception {
    assertThat(client.get("/local/token?user=" + user).status()).isEqualTo(400);
  }

  // Bodies

  @Test
  void chat_withABodyOver10Mb_is413() throws Exception {
    Reply reply = client.post("/api/ai/chat", alice, "x".repeat(10 * 1024 * 1024 + 1));
    assertThat(reply.status()).isEqualTo(413);
    assertThat(reply.text("error")).isEqualTo("Payload Too Large");
  }

  @Test
  void chat_withABodyOf10Mb_isTheFunctionsToRefuse() throws Exception {
    Reply reply = client.post("/api/ai/chat", alice, "x".repeat(10 * 1024 * 1024));
    assertThat(reply.status()).isEqualTo(400);
  }

  // Outages

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
  void stop_twice_isTheSameAsOnce() throws Exception {
    client.post("/local/bedrock/stop");
    assertThat(client.post("/local/bedrock/stop").status()).isEqualTo(200);
    client.post("/local/bedrock/start");
    assertThat(client.post("/local/bedrock/start").text("bedrock")).isEqualTo("up");
    assertThat(client.chat(alice, question).status()).isEqualTo(200);
  }

  // What the graphs need

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

  // Why

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

  private static String header(Reply reply, String name) {
    return reply.headers().firstValue(name).orElse("");
  }

  // Who may use /local

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
