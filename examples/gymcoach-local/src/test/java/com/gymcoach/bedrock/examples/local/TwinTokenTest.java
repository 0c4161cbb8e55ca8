package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.local.TwinClient.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens, and requests that are refused. */
class TwinTokenTest extends TwinSetUp {
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
}
