package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.claims;
import static com.gymcoach.bedrock.examples.lambda.Events.event;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static com.gymcoach.bedrock.examples.lambda.GymCoachFunctionSetUp.assertError;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent: the right status, nothing asked of the model, nothing kept, nothing told. */
class BadInputTest {
  private static final LocalAws AWS = LocalAws.shared();
  private static final String ALICE = "alice-of-wonderland";

  private final LogLines log = new LogLines();
  private final Served served = new Served(AWS);
  private final int asked = AWS.standIn.requests();
  private final int looked = AWS.local.requests();

  @AfterEach
  void nothingHappened() {
    log.close();
    assertThat(AWS.standIn.requests()).isEqualTo(asked);
    assertThat(AWS.local.requests()).isEqualTo(looked);
    assertThat(served.cache.stats().total().writes()).isZero();
    assertThat(served.metrics).isEmpty();
    assertThat(log.text()).doesNotContain("zebra", ALICE);
    assertThat(log.withoutFaults()).doesNotContain("stack_trace");
    served.cache.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat | {}",
        "chat | ",
        "chat | {'message':''}",
        "chat | {'message':' \\n '}",
        "chat | {'message':null}",
        "chat | {'message':7}",
        "chat | {'message':['zebra']}",
        "chat | {'message':{'zebra':1}}",
        "chat | {'message':'zebra','message':'zebra'}",
        "chat | {'message':'zebra'} {}",
        "chat | {'message':'zebra'",
        "chat | {message:'zebra'}",
        "chat | 'zebra'",
        "chat | ['zebra']",
        "chat | null",
        "chat | 17",
        "chat | {'message':'zebra \\ud800'}",
        "chat | {'message':'zebra','context':'text'}",
        "chat | {'message':'zebra','context':[]}",
        "chat | {'message':'zebra','conversationId':'a b'}",
        "chat | {'message':'zebra','conversationId':'../x'}",
        "chat | {'message':'zebra','conversationId':5}",
        "chat | {'message':'zebra','unknown':true}",
        "workout-plan/generate | {}",
        "workout-plan/generate | {'goals':[]}",
        "workout-plan/generate | {'goals':'zebra'}",
        "workout-plan/generate | {'goals':[1]}",
        "workout-plan/generate | {'goals':['']}",
        "workout-plan/generate | {'goals':[null]}",
        "workout-plan/generate | {'goals':['zebra'],'duration':0}",
        "workout-plan/generate | {'goals':['zebra'],'duration':53}",
        "workout-plan/generate | {'goals':['zebra'],'duration':-1}",
        "workout-plan/generate | {'goals':['zebra'],'duration':4.5}",
        "workout-plan/generate | {'goals':['zebra'],'duration':'4'}",
        "workout-plan/generate | {'goals':['zebra'],'duration':1e999999999}",
        "workout-plan/generate | {'goals':['zebra'],'duration':99999999999999999999}",
        "workout-plan/generate | {'goals':['zebra'],'daysPerWeek':8}",
        "workout-plan/generate | {'goals':['zebra'],'equipment':{}}",
        "meal-plan/generate | {'dietaryPreferences':['zebra']}",
        "meal-plan/generate | {'goals':['zebra'],'allergies':[[]]}",
        "meal-plan/generate | {'goals':['zebra'],'dietaryPreferences':true}",
        "progress/analyze | {'timeRange':30}",
        "form-check | {}",
        "form-check | {'issueDescription':'zebra'}",
        "form-check | {'exerciseName':'zebra','issueDescription':[]}",
        "motivation | {'context':{}}",
        "cache/invalidate | {}",
        "cache/invalidate | {'invalidateAll':false}",
        "cache/invalidate | {'invalidateAll':'true'}",
        "cache/invalidate | {'invalidateAll':1}",
        "cache/invalidate | {'endpointType':'zebra'}",
        "cache/invalidate | {'endpointType':'CHAT'}",
        "cache/invalidate | {'endpointType':5}",
        "cache/invalidate | {'invalidateAll':true,'userId':5}",
        "nutrition/analyze | []",
        "workout/substitute | 'zebra'",
        "performance/analyze | {'diet':'zebra','diet':'lion'}"
      })
  void body_whenWrong_is400(String route, String body) {
    String json = body == null ? "" : body.replace('\'', '"');

    assertError(served.call(post("/api/ai/" + route, ALICE, json)), 400);
  }

  static Stream<String> tooLarge() {
    String item = "\"" + "z".repeat(201) + "\"";
    return Stream.of(
        "chat|{\"message\":\"" + "z".repeat(2_001) + "\"}",
        "chat|{\"message\":\"zebra\",\"conversationId\":\"" + "z".repeat(129) + "\"}",
        "chat|{\"message\":\"zebra\",\"context\":{\"a\":\"" + "z".repeat(16_000) + "\"}}",
        "chat|{\"message\":\"zebra\",\"unknown\":\"" + "z".repeat(66_000) + "\"}",
        "chat|{\"message\":\"zebra\",\"unknown\":\"" + "ü".repeat(33_000) + "\"}",
        "chat|{\"message\":\"" + "zebra".repeat(2 << 20) + "\"}", // 10 MB
        "chat|" + "[".repeat(60_000),
        "chat|{\"message\":\"zebra\",\"a\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}",
        "workout-plan/generate|{\"goals\":[" + item + "]}",
        "workout-plan/generate|{\"goals\":[\"a\"" + ",\"a\"".repeat(20) + "]}",
        "progress/analyze|{\"timeRange\":\"" + "z".repeat(1_001) + "\"}",
        "form-check|{\"exerciseName\":\"" + "z".repeat(1_001) + "\"}",
        "motivation|{\"context\":\"" + "z".repeat(1_001) + "\"}",
        "nutrition/analyze|{\"a\":\"" + "z".repeat(15_993) + "\"}",
        "cache/invalidate|{\"invalidateAll\":true,\"userId\":\"" + "z".repeat(1_025) + "\"}");
  }

  @ParameterizedTest(name = "{index}")
  @MethodSource("tooLarge")
  void body_whenTooLarge_is400(String routeAndBody) {
    String[] parts = routeAndBody.split("\\|", 2);

    assertError(served.call(post("/api/ai/" + parts[0], ALICE, parts[1])), 400);
  }

  @Test
  void base64Body_whenTooLargeOrNotBase64_is400() {
    byte[] large =
        ("{\"message\":\"" + "zebra".repeat(2 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
    ObjectNode event = post("/api/ai/chat", ALICE, Base64.getEncoder().encodeToString(large));
    assertError(served.call(event.put("isBase64Encoded", true)), 400);
    assertError(served.call(event.put("body", "{\"message\":\"zebra\"}")), 400);
    assertError(served.call(event.put("body", "emVicmE")), 400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "zebra", "[]", "null", "\"zebra\"", "{\"a\":", "{} {}", "{\"rawPath\":{}}"})
  void event_whenNoneOfApiGateways_isAnsweredAllTheSame(String event) {
    Reply reply = Reply.of(served.send(event.getBytes(StandardCharsets.UTF_8), 30_000));

    assertError(reply, event.contains("rawPath") ? 404 : 400);
  }

  @Test
  void user_whenNobodySignedIn_is401() {
    assertError(served.call(post("/api/ai/chat", null, "{\"message\":\"zebra\"}")), 401);
    ObjectNode event = chat("", "zebra");
    assertError(served.call(event), 401);
    claims(event).put("sub", " \t");
    assertError(served.call(event), 401);
    claims(event).put("sub", 42);
    assertError(served.call(event), 401);
    claims(event).putNull("sub");
    assertError(served.call(event), 401);
    claims(event).putArray("sub").add(ALICE);
    assertError(served.call(event), 401);
    claims(event).put("sub", "x".repeat(1_025));
    assertError(served.call(event), 401);
    claims(event).remove("sub");
    claims(event).put("username", ALICE).put("cognito:username", ALICE);
    assertError(served.call(event), 401);
  }

  @Test
  void user_whenClaimedElsewhereThanInVerifiedClaims_is401() {
    String body =
        Events.json().put("message", "zebra").put("userId", ALICE).put("sub", ALICE).toString();
    ObjectNode event = post("/api/ai/chat", null, body);
    String claims = Events.json().put("sub", ALICE).put("alg", "none").toString();
    String token = Base64.getUrlEncoder().encodeToString(claims.getBytes(StandardCharsets.UTF_8));
    event
        .withObject("/headers")
        .put("x-user-id", ALICE)
        .put("authorization", "Bearer e30." + token + ".")
        .put("x-amzn-oidc-data", token);
    event.put("rawQueryString", "sub=" + ALICE + "&userId=" + ALICE);
    event.withObject("/queryStringParameters").put("sub", ALICE).put("userId", ALICE);
    event.withObject("/requestContext/authorizer/claims").put("sub", ALICE);
    event.withObject("/requestContext/authorizer/lambda").put("sub", ALICE);
    event.withObject("/requestContext/identity").put("user", ALICE);
    event.withObject("/jwt/claims").put("sub", ALICE);

    assertError(served.call(event), 401);
  }

  @Test
  void user_whenNotSignedIn_is401BeforeTheBodyIsRead() {
    assertError(served.call(post("/api/ai/chat", null, "zebra")), 401);
    assertError(served.call(event("GET", "/api/ai/cache/stats", null)), 401);
    assertError(
        served.call(post("/api/ai/cache/invalidate", null, "{\"invalidateAll\":true}")), 401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "",
        "/api/ai/zebra",
        "/api/ai/chat/",
        "/API/AI/CHAT",
        "/api/ai/chat?x=1",
        "/api/ai/../ai/chat",
        "//api/ai/chat",
        "/api/ai/cache"
      })
  void route_whenUnknown_is404(String path) {
    assertError(served.call(post(path, ALICE, "{\"message\":\"zebra\"}")), 404);
    assertError(served.call(post(path, null, "{\"message\":\"zebra\"}")), 404);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /api/ai/chat, POST",
    "DELETE, /api/ai/chat, POST",
    "post, /api/ai/chat, POST",
    "'', /api/ai/chat, POST",
    "PUT, /api/ai/meal-plan/generate, POST",
    "PATCH, /api/ai/progress/analyze, POST",
    "GET, /api/ai/form-check, POST",
    "GET, /api/ai/motivation, POST",
    "GET, /api/ai/cache/invalidate, POST",
    "POST, /api/ai/cache/stats, 'GET, HEAD'",
    "PUT, /api/ai/rate-limit, 'GET, HEAD'",
    "GET, /api/ai/nutrition/analyze, POST"
  })
  void method_whenAnother_is405AndSaysWhich(String method, String path, String allow) {
    ObjectNode event = event(method, path, ALICE).put("body", "{\"message\":\"zebra\"}");
    event.withObject("/headers").put("x-http-method-override", allow);
    Reply reply = served.call(event);

    assertError(reply, 405);
    assertThat(reply.headers().path("Allow").asText()).isEqualTo(allow);
  }

  @Test
  void head_whenOfARouteOfPost_is405WithoutABody() {
    Reply reply = served.call(event("HEAD", "/api/ai/chat", ALICE));

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.headers().path("Allow").asText()).isEqualTo("POST");
    assertThat(reply.body().isMissingNode()).isTrue();
  }
}
