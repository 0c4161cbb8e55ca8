package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/**
 * The policies of docs/dynamodb-table.md over many contexts, by an evaluator of what AWS documents
 * of Allow, ForAllValues and Null. How AWS itself evaluates them is not shown here.
 */
class PolicyTest {
  private static final String TABLE =
      "arn:aws:dynamodb:eu-central-1:000000000000:table/gymcoach-ai-main";
  private static final String OWN = "CACHE#default#" + "x".repeat(43);
  private static final String NAMESPACE = "CACHE#default";
  private static final List<String> FOREIGN =
      List.of(
          "USER#alice",
          "CACHE#default-2",
          "CACHE#prod#" + "x".repeat(43),
          "cache#default#x",
          "x",
          "");
  private static final List<String> WRITES = List.of("PutItem", "UpdateItem", "BatchWriteItem");
  private static final List<String> NEVER =
      List.of(
          "Scan",
          "PartiQLSelect",
          "PartiQLDelete",
          "ExecuteStatement",
          "DeleteTable",
          "DeleteItem",
          "GetItem");

  private final List<JsonNode> policies = policies();

  private static List<JsonNode> policies() {
    try {
      Matcher json =
          Pattern.compile("(?s)```json\\n(.*?)\\n```")
              .matcher(Files.readString(Path.of("../docs/dynamodb-table.md")));
      List<JsonNode> found = new ArrayList<>();
      while (json.find()) {
        found.add(JsonNodeParser.create().parse(json.group(1)));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode service() {
    return policies.get(0);
  }

  private JsonNode tenant() {
    return policies.get(1);
  }

  private JsonNode operator() {
    return policies.get(2);
  }

  /** Leading keys null: the request says none, as a scan does. */
  private static boolean allows(
      JsonNode policy, String action, String resource, @Nullable List<String> keys) {
    return policy.field("Statement").orElseThrow().asArray().stream()
        .anyMatch(statement -> allows(statement.asObject(), "dynamodb:" + action, resource, keys));
  }

  private static boolean allows(
      Map<String, JsonNode> statement,
      String action,
      String resource,
      @Nullable List<String> keys) {
    return member(statement, "Effect").asString().equals("Allow")
        && texts(member(statement, "Action")).contains(action)
        && texts(member(statement, "Resource")).contains(resource)
        && member(statement, "Condition").asObject().entrySet().stream()
            .allMatch(condition -> holds(condition.getKey(), condition.getValue(), keys));
  }

  private static boolean holds(String operator, JsonNode condition, @Nullable List<String> keys) {
    List<String> wanted = texts(member(condition.asObject(), "dynamodb:LeadingKeys"));
    return switch (operator) {
      case "Null" -> wanted.equals(List.of("false")) == (keys != null);
      // of no keys at all this holds: that is what Null is for
      case "ForAllValues:StringLike" ->
          keys == null || keys.stream().allMatch(k -> wanted.stream().anyMatch(w -> isLike(k, w)));
      case "ForAllValues:StringEquals" -> keys == null || wanted.containsAll(keys);
      default -> throw new AssertionError("The evaluator does not know " + operator);
    };
  }

  private static JsonNode member(Map<String, JsonNode> object, String name) {
    return Objects.requireNonNull(object.get(name), name);
  }

  private static boolean isLike(String key, String pattern) {
    return key.matches(Pattern.quote(pattern).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
  }

  private static List<String> texts(JsonNode node) {
    return node.isArray()
        ? node.asArray().stream().map(JsonNode::asString).toList()
        : List.of(node.asString());
  }

  @Test
  void s_p_serviceRole_reachesItsNamespaceAndWritesNoMarkerOfIt() {
    assertThat(allows(service(), "BatchGetItem", TABLE, List.of(OWN, NAMESPACE))).isTrue();
    assertThat(allows(service(), "Query", TABLE, List.of(OWN + "#3"))).isTrue();
    for (String write : WRITES) {
      assertThat(allows(service(), write, TABLE, List.of(OWN))).isTrue();
      assertThat(allows(service(), write, TABLE, List.of(NAMESPACE))).as(write).isFalse();
      assertThat(allows(service(), write, TABLE, List.of(OWN, NAMESPACE))).as(write).isFalse();
    }
  }

  @Test
  void s_p_tenantRole_reachesItsOwnPartitionOnly() {
    String other = "CACHE#default#" + "y".repeat(43);
    assertThat(allows(tenant(), "BatchGetItem", TABLE, List.of(OWN, NAMESPACE))).isTrue();
    assertThat(allows(tenant(), "BatchGetItem", TABLE, List.of(OWN, other))).isFalse();
    for (String write : WRITES) {
      assertThat(allows(tenant(), write, TABLE, List.of(OWN))).isTrue();
      for (String key : List.of(other, NAMESPACE, OWN + "#3", OWN + "x", "CACHE#default#")) {
        assertThat(allows(tenant(), write, TABLE, List.of(key))).as(write + key).isFalse();
      }
    }
  }

  @Test
  void s_p_operatorRole_marksNamespaceAndUsers() {
    assertThat(allows(operator(), "UpdateItem", TABLE, List.of(NAMESPACE))).isTrue();
    assertThat(allows(operator(), "BatchWriteItem", TABLE, List.of(OWN))).isTrue();
    assertThat(allows(operator(), "PutItem", TABLE, List.of(OWN))).isFalse();
    assertThat(allows(operator(), "BatchGetItem", TABLE, List.of(OWN))).isFalse();
  }

  /** Foreign keys, keys mixed with a good one, no keys, other tables, other actions. */
  @Test
  void s_p_noRole_reachesAnythingElse() {
    int contexts = 0;
    List<String> actions = new ArrayList<>(WRITES);
    actions.addAll(List.of("BatchGetItem", "Query"));
    for (JsonNode policy : policies) {
      for (String action : actions) {
        for (String key : FOREIGN) {
          assertThat(allows(policy, action, TABLE, List.of(key))).as(action + key).isFalse();
          assertThat(allows(policy, action, TABLE, List.of(OWN, key))).as(action + key).isFalse();
          contexts += 2;
        }
        assertThat(allows(policy, action, TABLE, null)).as(action).isFalse();
        assertThat(allows(policy, action, TABLE + "-2", List.of(OWN))).as(action).isFalse();
        contexts += 2;
      }
      for (String action : NEVER) {
        assertThat(allows(policy, action, TABLE, List.of(OWN))).as(action).isFalse();
        assertThat(allows(policy, action, TABLE, null)).as(action).isFalse();
        contexts += 2;
      }
    }
    assertThat(contexts).isGreaterThanOrEqualTo(200);
  }

  /** The control: without the Null condition a request without keys would pass. */
  @Test
  void s_p_withoutTheNullCondition_aRequestWithoutKeysPasses() {
    JsonNode loose =
        JsonNodeParser.create()
            .parse(service().toString().replaceAll(",\\s*\"Null\"\\s*:\\s*\\{[^}]*\\}", ""));
    assertThat(allows(loose, "Query", TABLE, null)).isTrue();
  }
}
