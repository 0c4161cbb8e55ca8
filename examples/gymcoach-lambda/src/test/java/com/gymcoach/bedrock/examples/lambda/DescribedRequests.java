package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.ApiDescription.Operation;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Makes up bodies of requests from the schemas of the API's description. */
final class DescribedRequests {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Characters that are counted, written or taken for blank in different ways. */
  private static final List<String> CHARACTERS =
      List.of(
          "a",
          "é",
          "\u4e2d",
          "\ud83d\ude00",
          " ",
          "\n",
          "\t",
          "\u00a0",
          "\u001c",
          "\u0085",
          "\u200b",
          "\u2007",
          "\u3000",
          "\ufeff",
          "\"",
          "\\",
          "/",
          "{");

  private final ApiDescription api;

  DescribedRequests(ApiDescription api) {
    this.api = api;
  }

  /** A body that breaks the schema in one member. */
  record Broken(Operation operation, String member, ObjectNode body) {}

  /** Returns bodies that the operation's schema takes. */
  Arbitrary<ObjectNode> valid(Operation operation) {
    ObjectNode schema = api.requestSchema(operation);
    if (api.takesAny(operation)) {
      return anyObject();
    }
    return members(schema).filter(body -> api.problemsOfRequest(operation, body).isEmpty());
  }

  /**
   * Returns bodies that have one member which the operation's schema does not take, or lack one.
   */
  Arbitrary<Broken> broken(Operation operation) {
    ObjectNode schema = api.requestSchema(operation);
    List<String> names = new ArrayList<>(api.members(operation));
    names.add("dietaryRestriction");
    Arbitrary<String> broken = Arbitraries.of(names);
    return broken.flatMap(
        name ->
            Combinators.combine(valid(operation), wrong(schema.path("properties").path(name)))
                .as(
                    (body, value) -> {
                      ObjectNode copy = body.deepCopy();
                      if (value.isMissingNode()) {
                        copy.remove(name);
                      } else {
                        copy.set(name, value);
                      }
                      return new Broken(operation, name, copy);
                    })
                .filter(request -> !api.problemsOfRequest(operation, request.body()).isEmpty()));
  }

  private Arbitrary<ObjectNode> members(ObjectNode schema) {
    Set<String> required = new HashSet<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    Arbitrary<ObjectNode> all = Arbitraries.create(NODES::objectNode);
    for (Map.Entry<String, JsonNode> member : schema.path("properties").properties()) {
      Arbitrary<JsonNode> value = value(member.getValue());
      Arbitrary<JsonNode> value2 =
          required.contains(member.getKey())
              ? value
              : Arbitraries.frequencyOf(
                  Tuple.of(2, value), Tuple.of(1, Arbitraries.create(NODES::missingNode)));
      all =
          Combinators.combine(all, value2)
              .as(
                  (body, chosen) -> {
                    ObjectNode copy = body.deepCopy();
                    return chosen.isMissingNode() ? copy : copy.set(member.getKey(), chosen);
                  });
    }
    return all;
  }

  private Arbitrary<JsonNode> value(JsonNode written) {
    ObjectNode schema = api.resolved(written);
    if (schema.has("enum")) {
      return Arbitraries.of(elements(schema.path("enum")));
    } else if (schema.has("anyOf")) {
      List<Arbitrary<JsonNode>> each =
          elements(schema.path("anyOf")).stream().map(this::value).toList();
      return Arbitraries.oneOf(each);
    }
    List<String> types = types(schema);
    Arbitrary<JsonNode> value =
        switch (types.get(0)) {
          case "string" -> text(schema);
          case "array" ->
              value(schema.path("items"))
                  .list()
                  .ofMinSize(schema.path("minItems").asInt(0))
                  .ofMaxSize(schema.path("maxItems").asInt())
                  .map(DescribedRequests::array);
          case "integer" -> number(schema.path("minimum").asInt(), schema.path("maximum").asInt());
          case "boolean" -> Arbitraries.of(true, false).map(NODES::booleanNode);
          case "null" -> Arbitraries.create(NODES::nullNode);
          case "object" -> anyObject().map(object -> object);
          default -> throw new AssertionError("No values are known of " + schema);
        };
    return types.contains("null") ? value.injectNull(0.1).map(DescribedRequests::orNull) : value;
  }

  private static JsonNode orNull(@Nullable JsonNode value) {
    return value == null ? NODES.nullNode() : value;
  }

  /** Short texts, and those of exactly the most characters. */
  private static Arbitrary<JsonNode> text(ObjectNode schema) {
    String pattern = schema.path("pattern").asText();
    if (pattern.startsWith("^[A-Za-z0-9._-]")) {
      return Arbitraries.strings().withChars("aZ09._-").ofMaxLength(128).map(NODES::textNode);
    }
    int max = schema.path("maxLength").asInt();
    Arbitrary<String> character = Arbitraries.of(CHARACTERS);
    Arbitrary<String> some = character.list().ofMaxSize(8).map(list -> String.join("", list));
    Arbitrary<String> most = character.map(each -> each.repeat(max));
    Arbitrary<String> any = Arbitraries.oneOf(some, some, most);
    // The filter decides about blank texts.
    return any.map(NODES::textNode);
  }

  /** Whole numbers, at the limits too, in each form of writing them. */
  private static Arbitrary<JsonNode> number(int min, int max) {
    return Combinators.combine(
            Arbitraries.integers().between(min, max),
            Arbitraries.of("%d", "%d.0", "%d.000", "%de0", "%d0e-1"))
        .as((number, form) -> json(form.formatted(number)));
  }

  private static Arbitrary<ObjectNode> anyObject() {
    Arbitrary<String> names = Arbitraries.of("a", "diet", "recentMessages", "", "\ud83d\ude00");
    Arbitrary<JsonNode> values =
        Arbitraries.of("1", "0.10", "1e400", "null", "true", "\"tonight\"", "[[]]", "{\"b\":{}}")
            .map(DescribedRequests::json);
    return Combinators.combine(names.list().ofMaxSize(4), values.list().ofSize(4))
        .as(
            (keys, chosen) -> {
              ObjectNode object = NODES.objectNode();
              for (int i = 0; i < keys.size(); i++) {
                object.set(keys.get(i), chosen.get(i));
              }
              return object;
            });
  }

  /** Values of other types, and those just beyond the schema's limits. */
  private Arbitrary<JsonNode> wrong(JsonNode written) {
    List<JsonNode> wrong = new ArrayList<>();
    for (String value :
        List.of("4711", "-1", "0", "1.5", "true", "[]", "{}", "null", "[1]", "[null]")) {
      wrong.add(json(value));
    }
    for (String text : List.of("", " ", "\u00a0", "\u2007\u3000", "\ufeff", "a b", "chats")) {
      wrong.add(NODES.textNode(text));
      wrong.add(array(List.of(NODES.textNode(text))));
    }
    wrong.add(NODES.missingNode());
    if (!written.isMissingNode()) {
      ObjectNode schema = api.resolved(written);
      ObjectNode items = schema.has("items") ? api.resolved(schema.path("items")) : schema;
      for (String character : CHARACTERS) {
        JsonNode tooLong = NODES.textNode(character.repeat(items.path("maxLength").asInt() + 1));
        wrong.add(tooLong);
        wrong.add(array(List.of(tooLong)));
      }
      wrong.add(
          array(Collections.nCopies(schema.path("maxItems").asInt() + 1, NODES.textNode("a"))));
      wrong.add(NODES.numberNode(schema.path("minimum").asInt() - 1));
      wrong.add(NODES.numberNode(schema.path("maximum").asInt() + 1));
    }
    return Arbitraries.of(wrong);
  }

  private static List<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray()
        ? elements(type).stream().map(JsonNode::asText).toList()
        : List.of(type.asText());
  }

  private static List<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private static JsonNode array(List<JsonNode> items) {
    ArrayNode array = NODES.arrayNode();
    return array.addAll(items);
  }

  private static JsonNode json(String text) {
    try {
      return Events.EXACT.readTree(text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
