package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request of API Gateway's HTTP API, payload format 2.0. What is not as it should be is a 400.
 *
 * @param body what {@link #withBody} read
 * @param time within which it must be answered
 */
record ApiRequest(JsonNode event, JsonNode body, Duration time) {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  static ApiRequest of(byte[] event, Duration time) {
    return new ApiRequest(parse(event, "The event"), JSON.createObjectNode(), time);
  }

  String method() {
    return event.at("/requestContext/http/method").asText();
  }

  String path() {
    return event.path("rawPath").asText();
  }

  /** Returns whom the authorizer verified. Anybody can write headers, a query or a body. */
  String user() {
    JsonNode subject = claim("sub");
    String user = subject.isTextual() ? subject.asText() : "";
    if (user.isBlank() || user.length() > 1_024 || !isWellFormed(user)) {
      throw new ApiException(401, "Unauthorized", "Sign in first");
    }
    return user;
  }

  boolean isAdmin() {
    JsonNode groups = claim("cognito:groups");
    return groups.isArray()
        ? groups.valueStream().anyMatch(group -> group.asText().equals("admin"))
        // An HTTP API makes one string of a list: "[admin coaches]".
        : List.of(groups.asText().replaceAll("^\\[|]$", "").split(" ", -1)).contains("admin");
  }

  ApiRequest withBody() {
    byte[] bytes = event.path("body").asText("").getBytes(StandardCharsets.UTF_8);
    try {
      bytes = event.path("isBase64Encoded").asBoolean() ? Base64.getDecoder().decode(bytes) : bytes;
    } catch (IllegalArgumentException e) {
      throw bad("The body is not Base64");
    }
    require(bytes.length <= 64 * 1_024, "The body has over 64 KB");
    return bytes.length == 0 ? this : new ApiRequest(event, parse(bytes, "The body"), time);
  }

  /** Returns a member of the body, or the other text where it is absent or blank. */
  String text(String name, int longest, @Nullable String otherwise) {
    if (has(name)) {
      return text(body.path(name), name, longest);
    } else if (otherwise == null) {
      throw bad(name + " is missing or empty");
    }
    return otherwise;
  }

  List<String> texts(String name, int least) {
    JsonNode values = body.path(name);
    require(values.isArray() || !has(name), name + " is not a list");
    require(values.size() >= least && values.size() <= 20, name + " has none or more than 20");
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(text(value, "One of " + name, 200)));
    return texts;
  }

  int number(String name, int most, int otherwise) {
    int number = has(name) ? body.path(name).asInt() : otherwise;
    require(body.path(name).isInt() || !has(name), name + " is not a whole number");
    require(number >= 1 && number <= most, name + " is not from 1 to " + most);
    return number;
  }

  boolean flag(String name) {
    require(body.path(name).isBoolean() || !has(name), name + " is neither true nor false");
    return body.path(name).asBoolean();
  }

  /** Returns an object, or nothing at all. */
  JsonNode object(String name, int longest) {
    JsonNode value = body.path(name);
    require(value.isObject() || !has(name), name + " is not an object");
    String json = value.toString();
    require(
        json.length() <= longest && isWellFormed(json),
        name + " has over " + longest + " characters");
    return value;
  }

  /** Returns whether a chat's context has messages that went before. */
  boolean continuesConversation() {
    JsonNode recent = body.at("/context/recentMessages");
    return !recent.isEmpty() || !recent.asText("").isEmpty();
  }

  private JsonNode claim(String name) {
    return event.at("/requestContext/authorizer/jwt/claims").path(name);
  }

  private boolean has(String name) {
    JsonNode value = body.path(name);
    return body.hasNonNull(name) && !(value.isTextual() && value.asText().isBlank());
  }

  private static String text(JsonNode value, String name, int longest) {
    String text = value.asText();
    require(value.isTextual() && !text.isBlank() && isWellFormed(text), name + " is not a text");
    require(text.length() <= longest, name + " has over " + longest + " characters");
    return text;
  }

  /** Half of a surrogate pair can be written in JSON, but sent to nobody. */
  private static boolean isWellFormed(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  static void require(boolean good, String otherwise) {
    if (!good) {
      throw bad(otherwise);
    }
  }

  private static ApiException bad(String message) {
    return new ApiException(400, "Bad Request", message);
  }

  private static JsonNode parse(byte[] bytes, String what) {
    try {
      JsonNode json = JSON.readTree(bytes);
      require(json.isObject(), what + " is not a JSON object");
      return json;
    } catch (IOException e) { // whose message would quote what it could not read
      throw bad(what + " is not JSON");
    }
  }
}
