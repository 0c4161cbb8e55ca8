package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Calls a twin as its clients do. */
final class TwinClient {
  /** What came back. */
  record Reply(int status, HttpHeaders headers, JsonNode json) {
    String text(String name) {
      return json.path(name).asText();
    }
  }

  static final Duration PATIENCE = Duration.ofSeconds(30);
  static final JsonMapper JSON = new JsonMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;

  TwinClient(String url) {
    this.url = url;
  }

  String token(String user) throws Exception {
    return get("/local/token?user=" + user).text("token");
  }

  Reply get(String path) throws Exception {
    return send(request(path).GET());
  }

  Reply post(String path) throws Exception {
    return send(request(path).POST(BodyPublishers.noBody()));
  }

  Reply post(String path, String token, String body) throws Exception {
    return send(
        request(path)
            .header("Authorization", "Bearer " + token)
            .POST(BodyPublishers.ofString(body)));
  }

  Reply chat(String token, String message) throws Exception {
    return post("/api/ai/chat", token, JSON.createObjectNode().put("message", message).toString());
  }

  /** Asks a new question twice: the answer is then in memory and in the table. */
  Reply chatTwice(String token, String message) throws Exception {
    assertThat(chat(token, message).text("cacheSource")).isEqualTo("bedrock");
    Reply reply = chat(token, message);
    assertThat(reply.text("cacheSource")).isEqualTo("hot");
    return reply;
  }

  /** Asks a new question, and asks it of a new instance, which finds the answer in the table. */
  Reply keep(String token, String message) throws Exception {
    assertThat(chat(token, message).text("cacheSource")).isEqualTo("bedrock");
    assertThat(post("/local/function/replace").status()).isEqualTo(200);
    Reply reply = chat(token, message);
    assertThat(reply.text("cacheSource")).isEqualTo("warm");
    return reply;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json");
  }

  Reply send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    JsonNode json =
        response.body().startsWith("{")
            ? JSON.readTree(response.body())
            : MissingNode.getInstance();
    return new Reply(response.statusCode(), response.headers(), json);
  }

  /** Sends a head as it is written, and returns all that comes back. */
  String raw(String... lines) throws IOException {
    URI to = URI.create(url);
    try (Socket socket = new Socket(to.getHost(), to.getPort())) {
      String head = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
