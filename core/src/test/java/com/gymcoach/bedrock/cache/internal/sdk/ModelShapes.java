package com.gymcoach.bedrock.cache.internal.sdk;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/**
 * JSON of every shape in the service's model: each member of each structure is there at least once,
 * and is left out at least once if it is optional; each member of each union is there; each list
 * has no, one and two elements.
 */
final class ModelShapes {
  /** In no other variant, because it changes how the whole answer is treated. */
  private static final String ALONE = "trace.guardrail";

  private final JsonNode shapes;

  ModelShapes() throws IOException {
    JsonNode model =
        JsonNodeParser.create()
            .parse(Files.readString(Recordings.file("bedrock-runtime-service-2.json")));
    shapes = Recordings.member(model, "shapes");
  }

  /**
   * A shape's JSON.
   *
   * @param path which members make it differ from the first variant
   */
  record Variant(String path, String json) {}

  /** Returns the variants of a shape; the first has every member of a structure. */
  List<Variant> of(String shape) {
    return variants(shape, "");
  }

  private List<Variant> variants(String name, String path) {
    JsonNode shape = Recordings.member(shapes, name);
    Map<String, JsonNode> parts = shape.asObject();
    if (parts.containsKey("document")) {
      return List.of(new Variant(path, "{\"a\":[1,1.0,1e3,9007199254740993,null,true,\"x\"]}"));
    }
    return switch (Recordings.member(shape, "type").asString()) {
      case "structure" -> parts.containsKey("union") ? union(shape, path) : structure(shape, path);
      case "list" -> list(target(Recordings.member(shape, "member")), path);
      case "map" ->
          variants(target(Recordings.member(shape, "value")), path + "{}").stream()
              .map(value -> new Variant(value.path(), "{\"k\":" + value.json() + "}"))
              .toList();
      case "string" -> List.of(new Variant(path, "\"" + text(parts, path) + "\""));
      case "blob" -> List.of(new Variant(path, "\"AQID\""));
      case "boolean" -> List.of(new Variant(path, "true"));
      case "float", "double" -> List.of(new Variant(path, "0.5"));
      case "integer", "long" -> List.of(new Variant(path, "7"));
      default -> throw new AssertionError("The model has a type that no test makes: " + name);
    };
  }

  private static String text(Map<String, JsonNode> shape, String path) {
    JsonNode values = shape.get("enum");
    if (path.endsWith("stopReason")) {
      return "end_turn";
    }
    return values == null ? "text of " + path : values.asArray().get(0).asString();
  }

  private static String target(JsonNode member) {
    return Recordings.member(member, "shape").asString();
  }

  private Map<String, List<Variant>> members(JsonNode shape, String path) {
    Map<String, List<Variant>> members = new LinkedHashMap<>();
    Recordings.member(shape, "members")
        .asObject()
        .forEach(
            (name, member) ->
                members.put(
                    name, variants(target(member), path.isEmpty() ? name : path + "." + name)));
    return members;
  }

  private List<Variant> union(JsonNode shape, String path) {
    List<Variant> variants = new ArrayList<>();
    members(shape, path)
        .forEach(
            (name, values) ->
                values.forEach(
                    value ->
                        variants.add(
                            new Variant(value.path(), object(Map.of(name, value.json()))))));
    return variants;
  }

  private List<Variant> structure(JsonNode shape, String path) {
    Map<String, List<Variant>> members = members(shape, path);
    JsonNode required = shape.asObject().get("required");
    List<String> always =
        required == null ? List.of() : required.asArray().stream().map(JsonNode::asString).toList();
    Map<String, String> all = new LinkedHashMap<>();
    members.forEach(
        (name, values) -> {
          if (!(path + "." + name).endsWith(ALONE)) {
            all.put(name, values.get(0).json());
          }
        });
    List<Variant> variants = new ArrayList<>();
    variants.add(new Variant(path, object(all)));
    members.forEach(
        (name, values) -> {
          for (Variant value : all.containsKey(name) ? values.subList(1, values.size()) : values) {
            Map<String, String> other = new LinkedHashMap<>(all);
            other.put(name, value.json());
            variants.add(new Variant(value.path(), object(other)));
          }
          if (!always.contains(name)) {
            Map<String, String> without = new LinkedHashMap<>(all);
            without.remove(name);
            variants.add(new Variant(path + "-" + name, object(without)));
          }
        });
    return variants;
  }

  private List<Variant> list(String element, String path) {
    List<Variant> elements = variants(element, path + "[]");
    List<Variant> variants = new ArrayList<>();
    for (Variant each : elements) {
      variants.add(new Variant(each.path(), "[" + each.json() + "]"));
    }
    String first = elements.get(0).json();
    variants.add(new Variant(path + "[2]", "[" + first + "," + first + "]"));
    variants.add(new Variant(path + "[0]", "[]"));
    return variants;
  }

  private static String object(Map<String, String> members) {
    return members.entrySet().stream()
        .map(each -> "\"" + each.getKey() + "\":" + Objects.requireNonNull(each.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
