package com.gymcoach.bedrock.examples.lambda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.DisallowUnknownKeywordFactory;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The OpenAPI description of the service. */
final class ApiDescription {
  private static final Path FILE = Path.of("docs", "openapi.yaml");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonSchemaFactory SCHEMAS = schemas();
  private static final SchemaValidatorsConfig STRICT =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  private final JsonNode root;

  /** An operation: a method of a path, with its description. */
  record Operation(String path, String method, JsonNode node) {
    List<String> statuses() {
      return node.path("responses").propertyStream().map(Map.Entry::getKey).toList();
    }

    /** Returns the examples of requests by name. */
    List<Map.Entry<String, JsonNode>> requests() {
      return node.at("/requestBody/content/application~1json/examples")
          .propertyStream()
          .map(example -> Map.entry(example.getKey(), example.getValue().path("value")))
          .toList();
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  /** A keyword that is none, as a comma too many makes it, is refused. */
  private static JsonSchemaFactory schemas() {
    JsonMetaSchema strict =
        JsonMetaSchema.builder(JsonMetaSchema.getV202012())
            .keyword(new NonValidationKeyword("components"))
            .unknownKeywordFactory(DisallowUnknownKeywordFactory.getInstance())
            .build();
    return JsonSchemaFactory.getInstance(
        SpecVersion.VersionFlag.V202012, factory -> factory.metaSchema(strict));
  }

  private ApiDescription(JsonNode root) {
    this.root = root;
  }

  static ApiDescription read() {
    try {
      Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(FILE));
      return new ApiDescription(JSON.valueToTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Operation> operations() {
    return root.path("paths")
        .propertyStream()
        .flatMap(
            path ->
                path.getValue()
                    .propertyStream()
                    .map(
                        operation ->
                            new Operation(
                                path.getKey(),
                                operation.getKey().toUpperCase(Locale.ROOT),
                                operation.getValue())))
        .toList();
  }

  /** Returns what a request's body has against its schema, nothing if it is one. */
  List<String> problemsOfRequest(Operation operation, JsonNode body) {
    return problems(operation.node().path("requestBody"), body);
  }

  /** Returns the POST of a path. */
  Operation operation(String path) {
    return operations().stream()
        .filter(operation -> operation.path().equals(path) && operation.method().equals("POST"))
        .findAny()
        .orElseThrow();
  }

  /** Returns the names of the members that a request's body may have. */
  List<String> members(Operation operation) {
    JsonNode schema = operation.node().at("/requestBody/content/application~1json/schema");
    return root.at(schema.path("$ref").asText("#").substring(1))
        .path("properties")
        .propertyStream()
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns whether a request's body may have any members. */
  boolean takesAny(Operation operation) {
    return !requestSchema(operation).has("additionalProperties");
  }

  /** Returns the schema of a request's body. */
  ObjectNode requestSchema(Operation operation) {
    return resolved(operation.node().at("/requestBody/content/application~1json/schema"));
  }

  /** Returns a schema without its reference: the members beside it override the target's. */
  ObjectNode resolved(JsonNode schema) {
    if (!schema.has("$ref")) {
      return schema.deepCopy();
    }
    ObjectNode own = schema.deepCopy();
    String ref = own.remove("$ref").asText();
    ObjectNode target = resolved(root.at(ref.substring(1)));
    target.setAll(own);
    return target;
  }

  /** Returns what a reply's body has against its schema, nothing if it is one. */
  List<String> problemsOfReply(Operation operation, String status, JsonNode body) {
    return problems(response(operation, status), body);
  }

  /** Returns what the examples of an operation's replies have against their schemas. */
  List<String> problemsOfReplyExamples(Operation operation, String status) {
    JsonNode response = response(operation, status);
    return response
        .at("/content/application~1json/examples")
        .propertyStream()
        .flatMap(example -> problems(response, example.getValue().path("value")).stream())
        .toList();
  }

  /** Returns what a body has against a schema of the components. */
  List<String> problems(String schema, JsonNode body) {
    ObjectNode ref = JSON.createObjectNode().put("$ref", "#/components/schemas/" + schema);
    return problemsOf(ref, body);
  }

  private JsonNode response(Operation operation, String status) {
    JsonNode response = operation.node().path("responses").path(status);
    String ref = response.path("$ref").asText();
    return ref.isEmpty() ? response : root.at(ref.substring(1));
  }

  private List<String> problems(JsonNode described, JsonNode body) {
    JsonNode schema = described.at("/content/application~1json/schema");
    if (!schema.isObject()) {
      throw new AssertionError("There is no schema in " + described);
    }
    return problemsOf(schema, body);
  }

  private List<String> problemsOf(JsonNode schema, JsonNode body) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", root.path("components"));
    return SCHEMAS.getSchema(whole, STRICT).validate(body).stream()
        .map(ValidationMessage::getMessage)
        .toList();
  }
}
