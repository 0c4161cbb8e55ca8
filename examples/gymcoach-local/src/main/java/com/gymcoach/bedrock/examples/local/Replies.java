package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Helpers of the twin's handlers: reads bodies, sends answers. */
final class Replies {
  /** API Gateway's limit is 10 MB. */
  private static final int MAX_BODY = 10 * 1024 * 1024;

  /**
   * Reads up to this much more, because a client refused while still sending sees a broken
   * connection.
   */
  private static final int MAX_SKIPPED = 4 * MAX_BODY;

  private static final JsonMapper JSON = new JsonMapper();

  private Replies() {}

  /**
   * Returns the request's body.
   *
   * @throws TooLargeException if it exceeds API Gateway's limit
   */
  static byte[] body(HttpExchange exchange) throws IOException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      for (int skipped = 0; skipped < MAX_SKIPPED; skipped += body.length) {
        if (in.readNBytes(body, 0, body.length) < body.length) {
          break;
        }
      }
      throw new TooLargeException();
    }
    return body;
  }

  /** Answers with {@code {error, message}}. */
  static void error(HttpExchange exchange, int status, String error, String message)
      throws IOException {
    json(exchange, status, JSON.createObjectNode().put("error", error).put("message", message));
  }

  static void json(HttpExchange exchange, int status, JsonNode body) throws IOException {
    send(exchange, status, "application/json", JSON.writeValueAsBytes(body));
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static JsonNode read(String json) throws IOException {
    return JSON.readTree(json);
  }

  /** Sends an answer. A content type that is already set is kept. */
  static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().putIfAbsent("Content-Type", List.of(type));
    boolean none = body.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, none ? -1 : body.length);
    if (!none) {
      exchange.getResponseBody().write(body);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A body that exceeds API Gateway's limit. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
