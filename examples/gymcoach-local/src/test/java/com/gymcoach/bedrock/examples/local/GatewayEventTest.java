package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayEventTest {
  private HttpServer server;
  private TwinClient client;
  private @Nullable ObjectNode claims;

  /** Answers each request with the event that is made of it. */
  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Replies.json(exchange, 200, GatewayEvent.of(exchange, body, claims));
          }
        });
    server.start();
    client = new TwinClient("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void of_aPost_isPayloadVersion2() throws Exception {
    ObjectNode token = TwinClient.JSON.createObjectNode().put("sub", "alice");
    token.put("exp", 1_800_000_000).putArray("cognito:groups").add("admin").add("coaches");
    claims = token;
    JsonNode event =
        client
            .send(
                client
                    .request("/api/ai/chat?a=1&b=x%20y&a=2&c")
                    .header("X-Many", "one")
                    .header("X-Many", "two")
                    .header("Cookie", "k=v; l=w")
                    .header("User-Agent", "test")
                    .POST(BodyPublishers.ofString("{\"message\":\"Übung\"}")))
            .json();
    assertThat(event.path("version").asText()).isEqualTo("2.0");
    assertThat(event.path("routeKey").asText()).isEqualTo("$default");
    assertThat(event.path("rawPath").asText()).isEqualTo("/api/ai/chat");
    assertThat(event.path("rawQueryString").asText()).isEqualTo("a=1&b=x%20y&a=2&c");
    assertThat(event.path("queryStringParameters"))
        .isEqualTo(TwinClient.JSON.readTree("{\"a\":\"1,2\",\"b\":\"x y\",\"c\":\"\"}"));
    assertThat(event.path("cookies")).isEqualTo(TwinClient.JSON.readTree("[\"k=v\",\"l=w\"]"));
    assertThat(event.path("headers").path("x-many").asText()).isEqualTo("one,two");
    assertThat(event.path("headers").path("content-type").asText()).isEqualTo("application/json");
    assertThat(event.path("headers").has("cookie")).isFalse();
    assertThat(event.path("body").asText()).isEqualTo("{\"message\":\"Übung\"}");
    assertThat(event.path("isBase64Encoded").asBoolean(true)).isFalse();
    JsonNode http = event.path("requestContext").path("http");
    assertThat(http.path("method").asText()).isEqualTo("POST");
    assertThat(http.path("path").asText()).isEqualTo("/api/ai/chat");
    assertThat(http.path("sourceIp").asText()).isEqualTo("127.0.0.1");
    assertThat(http.path("userAgent").asText()).isEqualTo("test");
    assertThat(event.at("/requestContext/authorizer/jwt/claims"))
        .isEqualTo(
            TwinClient.JSON.readTree(
                "{\"sub\":\"alice\",\"exp\":\"1800000000\",\"cognito:groups\":\"[admin coaches]\"}"));
  }

  @Test
  void of_aGetWithoutAToken_hasNoBodyAndNoAuthorizer() throws Exception {
    JsonNode event = client.get("/api/ai/cache/stats").json();
    assertThat(event.has("body")).isFalse();
    assertThat(event.path("isBase64Encoded").asBoolean(true)).isFalse();
    assertThat(event.path("requestContext").has("authorizer")).isFalse();
  }

  @Test
  void of_bytesThatAreNotText_isBase64() throws Exception {
    byte[] bytes = {0, (byte) 0xff, 1};
    JsonNode event =
        client
            .send(
                client
                    .request("/x")
                    .setHeader("Content-Type", "application/octet-stream")
                    .POST(BodyPublishers.ofByteArray(bytes)))
            .json();
    assertThat(event.path("isBase64Encoded").asBoolean()).isTrue();
    assertThat(Base64.getDecoder().decode(event.path("body").asText())).isEqualTo(bytes);
  }

  @Test
  void of_whatAGatewaySaysOfItself_isNotTheClients() throws Exception {
    JsonNode headers =
        client
            .send(
                client
                    .request("/x")
                    .header("X-Forwarded-For", "10.0.0.1")
                    .header("X-Forwarded-Proto", "https")
                    .header("X-Forwarded-Port", "443")
                    .GET())
            .json()
            .path("headers");
    assertThat(headers.path("x-forwarded-for").asText()).isEqualTo("10.0.0.1, 127.0.0.1");
    assertThat(headers.path("x-forwarded-proto").asText()).isEqualTo("http");
    assertThat(headers.path("x-forwarded-port").asInt()).isEqualTo(server.getAddress().getPort());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"alice\" | alice",
        "[\"admin\"] | [admin]",
        "[\"admin\",\"coaches\"] | [admin coaches]",
        "[] | []",
        "true | true",
        "17 | 17",
        "{\"a\":1} | {\"a\":1}"
      })
  void text_ofAClaim_isAsApiGatewayWritesIt(String claim, String text) throws Exception {
    JsonNode json = TwinClient.JSON.readTree(claim.getBytes(StandardCharsets.UTF_8));
    assertThat(GatewayEvent.text(json)).isEqualTo(text);
  }
}
