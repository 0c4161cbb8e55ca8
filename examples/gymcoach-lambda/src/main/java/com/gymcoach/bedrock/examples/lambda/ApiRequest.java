package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * A request of API Gateway's HTTP API, payload format 2.0. A request that cannot be parsed gets a
 * 400.
 */
record ApiRequest(JsonNode event, Duration time) {
  /**
   * Keeps numbers as they are written, so that two different numbers are never read as the same.
   */
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  static ApiRequest of(byte[] event, Duration time) {
    return new ApiRequest(parse(event, "The event"), time);
  }

  boolean isPreflight() {
    return method().equals("OPTIONS");
  }

  String path() {
    return event.path("rawPath").asText();
  }

  /** Returns whether the reply must have no body. */
  boolean isHead() {
    return method().equals("HEAD");
  }

  /** Returns the body of a request by a signed-in user. HEAD is taken where GET is. */
  ObjectNode read(String method, Members members) {
    if (!method().equals(method) && !(isHead() && method.equals("GET"))) {
      throw ApiException.wrongMethod(method);
    }
    user();
    JsonNode body = event.path("body");
    require(body.isTextual() || !event.hasNonNull("body"), "The body is not a text");
    byte[] bytes = body.asText("").getBytes(StandardCharsets.UTF_8);
    try {
      bytes = event.path("isBase64Encoded").asBoolean() ? Base64.getDecoder().decode(bytes) : bytes;
    } catch (IllegalArgumentException e) { // its message would quote the body
      require(false, "The body is not Base64");
    }
    require(bytes.length <= 64 * 1_024, "The body has over 64 KB");
    return members.read(bytes.length == 0 ? JSON.createObjectNode() : parse(bytes, "The body"));
  }

  /**
   * Returns the user verified by the authorizer. Never read it from headers, query or body: any
   * client can write those.
   */
  String user() {
    JsonNode subject = claim("sub");
    String user = subject.isTextual() ? subject.asText() : "";
    if (user.isBlank() || user.length() > 1_024) {
      throw new ApiException(401, "Unauthorized", "Sign in first");
    }
    return user;
  }

  boolean isAdmin() {
    JsonNode groups = claim("cognito:groups");
    return groups.isArray()
        ? groups.valueStream().anyMatch(group -> group.asText().equals("admin"))
        // An HTTP API turns a list into one string: "[admin coaches]".
        : List.of(groups.asText().replaceAll("^\\[|]$", "").split(" ", -1)).contains("admin");
  }

  static void require(boolean good, String otherwise) {
    if (!good) {
      throw ApiException.badRequest(otherwise);
    }
  }

  private String method() {
    return event.at("/requestContext/http/method").asText();
  }

  private JsonNode claim(String name) {
    return event.at("/requestContext/authorizer/jwt/claims").path(name);
  }

  private static ObjectNode parse(byte[] bytes, String what) {
    JsonNode json = JSON.missingNode();
    try (JsonParser parser = JSON.createParser(bytes)) {
      json = tree(parser, what);
      json = parser.nextToken() == null ? json : JSON.missingNode();
    } catch (IOException e) { // its message would quote the input
      json = JSON.missingNode();
    }
    // An unpaired surrogate can be written in JSON and parsed, but not sent.
    if (json instanceof ObjectNode object
        && StandardCharsets.UTF_8.newEncoder().canEncode(object.toString())) {
      return object;
    }
    throw ApiException.badRequest(what + " is not a JSON object");
  }

  /** Parses a value. Rejects a duplicate member: a tree would silently keep the last one. */
  private static JsonNode tree(JsonParser parser, String what) throws IOException {
    try {
      return Objects.requireNonNullElse(JSON.readTree(parser), JSON.missingNode());
    } catch (MismatchedInputException twice) { // its message would quote the body
      String name = Objects.requireNonNullElse(parser.currentName(), "");
      throw ApiException.badRequest(what + " has " + Members.quoted(name) + " twice");
    } catch (NumberFormatException e) { // the exponent does not fit into an int
      throw ApiException.badRequest(what + " has a number of too many digits");
    }
  }
}
