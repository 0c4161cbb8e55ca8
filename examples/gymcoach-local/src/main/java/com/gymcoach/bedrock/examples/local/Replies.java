package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the twin's handlers share: reading a body, answering. */
final class Replies {
  /** API Gateway takes no more than 10 MB. */
  private static final int LARGEST_BODY = 10 * 1024 * 1024;

  /** A client that is told no while it still sends would see a broken connection instead. */
  private static final int LARGEST_SKIPPED = 4 * LARGEST_BODY;

  private static final JsonMapper JSON = new JsonMapper();

  private Replies() {}

  /**
   * Returns the request's body.
   *
   * @throws TooLargeException if it is larger than API Gateway takes
   */
  static byte[] body(HttpExchange exchange) throws IOException {
    InputStream in = exchange.getRequestBody();
    byte[] body = in.readNBytes(LARGEST_BODY + 1);
    if (body.length > LARGEST_BODY) {
      for (int skipped = 0; skipped < LARGEST_SKIPPED; skipped += body.length) {
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

  /** Answers; a type that the headers name already stays. */
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

  /** A body that is larger than API Gateway takes. */
  static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
