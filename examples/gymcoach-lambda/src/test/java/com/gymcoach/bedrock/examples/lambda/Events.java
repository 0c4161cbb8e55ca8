package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Events as API Gateway's HTTP API sends them, and what it makes of replies. */
final class Events {
  static final JsonMapper JSON = new JsonMapper();

  /** Keeps numbers as they are written. */
  static final JsonMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /** A reply as a client gets it. */
  record Reply(int status, JsonNode headers, JsonNode body) {
    /** Reads a reply, which must be one that API Gateway understands. */
    static Reply of(byte[] reply) {
      try {
        JsonNode json = JSON.readTree(reply);
        if (!json.path("statusCode").isInt() || !json.path("body").isTextual()) {
          throw new AssertionError("Not a reply: " + json);
        }
        return new Reply(
            json.path("statusCode").intValue(),
            json.path("headers"),
            JSON.readTree(json.path("body").asText()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String source() {
      return body.path("cacheSource").asText();
    }
  }

  private Events() {}

  static ObjectNode post(String path, @Nullable String user, @Nullable String body) {
    ObjectNode event = event("POST", path, user);
    return event.put("body", body);
  }

  static ObjectNode chat(String user, String message) {
    return post("/api/ai/chat", user, json().put("message", message).toString());
  }

  /** Returns an event; without a user it has no claims. */
  static ObjectNode event(String method, String path, @Nullable String user) {
    ObjectNode event = json();
    event.put("version", "2.0").put("routeKey", method + " " + path).put("rawPath", path);
    event.put("rawQueryString", "").put("isBase64Encoded", false);
    event.putObject("headers").put("content-type", "application/json");
    ObjectNode context = event.putObject("requestContext");
    context.put("apiId", "local").put("stage", "$default");
    context.putObject("http").put("method", method).put("path", path);
    if (user != null) {
      claims(event).put("sub", user);
    }
    return event;
  }

  /** Returns the claims that the authorizer verified. */
  static ObjectNode claims(ObjectNode event) {
    return event.withObject("/requestContext/authorizer/jwt/claims");
  }

  static ObjectNode json() {
    return JSON.createObjectNode();
  }
}
