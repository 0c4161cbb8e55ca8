package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A request of API Gateway's HTTP API, payload format 2.0. What is not as it should be is a 400.
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

  boolean isPreflight() {
    return method().equals("OPTIONS");
  }

  String path() {
    return event.path("rawPath").asText();
  }

  /** Returns this request if it is a GET by somebody who signed in, with what its body holds. */
  ApiRequest get() {
    return expect("GET");
  }

  /** Returns this request if it is a POST by somebody who signed in, with what its body holds. */
  ApiRequest post() {
    return expect("POST");
  }

  private ApiRequest expect(String method) {
    if (!method().equals(method)) {
      throw ApiException.wrongMethod(method);
    }
    user();
    byte[] bytes = event.path("body").asText("").getBytes(StandardCharsets.UTF_8);
    try {
      bytes = event.path("isBase64Encoded").asBoolean() ? Base64.getDecoder().decode(bytes) : bytes;
    } catch (IllegalArgumentException e) {
      require(false, "The body is not Base64");
    }
    require(bytes.length <= 64 * 1_024, "The body has over 64 KB");
    return bytes.length == 0 ? this : new ApiRequest(event, parse(bytes, "The body"), time);
  }

  /** Returns whom the authorizer verified. Anybody can write headers, a query or a body. */
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
        // An HTTP API makes one string of a list: "[admin coaches]".
        : List.of(groups.asText().replaceAll("^\\[|]$", "").split(" ", -1)).contains("admin");
  }

  /** Returns a member of the body that is a text, or empty where it is absent or blank. */
  Optional<String> text(String name, int longest) {
    return member(name, "a text of at most " + longest + " characters", v -> isText(v, longest))
        .map(JsonNode::asText);
  }

  String requiredText(String name, int longest) {
    return text(name, longest)
        .orElseThrow(() -> ApiException.badRequest(name + " is missing or empty"));
  }

  List<String> texts(String name) {
    Predicate<JsonNode> good =
        v -> v.isArray() && v.size() <= 20 && v.valueStream().allMatch(text -> isText(text, 200));
    return member(name, "a list of at most 20 texts of at most 200 characters", good).stream()
        .flatMap(JsonNode::valueStream)
        .map(JsonNode::asText)
        .toList();
  }

  int number(String name, int most, int otherwise) {
    Predicate<JsonNode> good = v -> v.isInt() && v.intValue() >= 1 && v.intValue() <= most;
    return member(name, "a whole number from 1 to " + most, good)
        .map(JsonNode::intValue)
        .orElse(otherwise);
  }

  boolean flag(String name) {
    return member(name, "true or false", JsonNode::isBoolean)
        .map(JsonNode::asBoolean)
        .orElse(false);
  }

  JsonNode object(String name, int longest) {
    Predicate<JsonNode> good = v -> v.isObject() && v.toString().length() <= longest;
    return member(name, "an object of at most " + longest + " characters", good)
        .orElseGet(JSON::createObjectNode);
  }

  static void require(boolean good, String otherwise) {
    if (!good) {
      throw ApiException.badRequest(otherwise);
    }
  }

  private Optional<JsonNode> member(String name, String what, Predicate<JsonNode> good) {
    JsonNode value = body.path(name);
    if (!body.hasNonNull(name) || (value.isTextual() && value.asText().isBlank())) {
      return Optional.empty();
    }
    require(good.test(value), name + " is not " + what);
    return Optional.of(value);
  }

  private String method() {
    return event.at("/requestContext/http/method").asText();
  }

  private JsonNode claim(String name) {
    return event.at("/requestContext/authorizer/jwt/claims").path(name);
  }

  private static boolean isText(JsonNode value, int longest) {
    return value.isTextual() && !value.asText().isBlank() && value.asText().length() <= longest;
  }

  private static JsonNode parse(byte[] bytes, String what) {
    JsonNode json = JSON.missingNode();
    try {
      json = JSON.readTree(bytes);
    } catch (IOException e) { // its message would quote what it could not read
    }
    // Half of a surrogate pair can be written in JSON and read, but sent to nobody.
    boolean sane =
        json.isObject() && StandardCharsets.UTF_8.newEncoder().canEncode(json.toString());
    require(sane, what + " is not a JSON object");
    return json;
  }
}
