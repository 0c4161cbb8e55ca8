package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The rules of the Embedded Metric Format: those of the JSON schema that its specification
 * publishes, those of its text that the schema does not state, and the stricter ones of
 * CloudWatch's own API. A line that breaks one is kept as a log line and its metrics are lost.
 */
final class EmfRules {
  /** A metric as CloudWatch would make it of a line. */
  record Made(String name, String unit, Map<String, String> dimensions, double value) {}

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

  private static final Set<String> UNITS =
      Set.of(
          "Seconds",
          "Microseconds",
          "Milliseconds",
          "Bytes",
          "Kilobytes",
          "Megabytes",
          "Gigabytes",
          "Terabytes",
          "Bits",
          "Kilobits",
          "Megabits",
          "Gigabits",
          "Terabits",
          "Percent",
          "Count",
          "Bytes/Second",
          "Kilobytes/Second",
          "Megabytes/Second",
          "Gigabytes/Second",
          "Terabytes/Second",
          "Bits/Second",
          "Kilobits/Second",
          "Megabits/Second",
          "Gigabits/Second",
          "Terabits/Second",
          "Count/Second",
          "None");

  private EmfRules() {}

  /** Returns the JSON of a line that is nothing but one object. */
  static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError(line, e);
    }
  }

  /** Checks a line and returns the metrics in it. */
  static List<Made> check(String line) {
    assertThat(line).startsWith("{").endsWith("}").doesNotContain("\n");
    assertThat(line).matches("[\\x20-\\x7e]*").hasSizeLessThan(256 * 1024);
    JsonNode root = parse(line);
    JsonNode aws = root.get("_aws");
    assertThat(aws.getNodeType()).isEqualTo(JsonNodeType.OBJECT);
    assertThat(aws.get("Timestamp").isIntegralNumber()).isTrue();
    assertThat(aws.get("Timestamp").asLong()).isBetween(1_500_000_000_000L, 4_000_000_000_000L);
    assertThat(aws.get("CloudWatchMetrics").isArray()).isTrue();
    List<Made> made = new ArrayList<>();
    aws.get("CloudWatchMetrics").forEach(directive -> check(directive, root, made));
    assertThat(made).isNotEmpty().doesNotHaveDuplicates();
    return made;
  }

  private static void check(JsonNode directive, JsonNode root, List<Made> made) {
    assertThat(directive.get("Namespace").asText()).matches("[^:][\\x20-\\x7e]{0,254}");
    assertThat(directive.get("Dimensions").isArray()).isTrue();
    assertThat(directive.get("Dimensions").size()).isPositive();
    assertThat(directive.get("Metrics").isArray()).isTrue();
    assertThat(directive.get("Metrics").size()).isBetween(1, 100);
    for (JsonNode set : directive.get("Dimensions")) {
      Map<String, String> dimensions = dimensions(set, root);
      for (JsonNode metric : directive.get("Metrics")) {
        made.add(made(metric, dimensions, root));
      }
    }
  }

  private static Map<String, String> dimensions(JsonNode set, JsonNode root) {
    assertThat(set.isArray()).isTrue();
    assertThat(set.size()).isLessThanOrEqualTo(30);
    Map<String, String> dimensions = new TreeMap<>();
    for (JsonNode name : set) {
      assertThat(name.asText()).matches("[^:][\\x21-\\x7e]{0,249}");
      JsonNode value = root.get(name.asText());
      assertThat(value.isTextual()).as("%s is a text", name).isTrue();
      assertThat(value.asText()).matches("[\\x21-\\x7e]{1,1024}");
      dimensions.put(name.asText(), value.asText());
    }
    return dimensions;
  }

  private static Made made(JsonNode metric, Map<String, String> dimensions, JsonNode root) {
    String name = metric.get("Name").asText();
    assertThat(name).matches("[\\x21-\\x7e]{1,255}");
    String unit = metric.path("Unit").asText("None");
    assertThat(UNITS).contains(unit);
    Set<String> members = new HashSet<>();
    metric.fieldNames().forEachRemaining(members::add);
    assertThat(Set.of("Name", "Unit", "StorageResolution")).containsAll(members);
    JsonNode value = root.get(name);
    assertThat(value.isNumber()).as("%s is a number", name).isTrue();
    assertThat(Math.abs(value.asDouble())).isLessThanOrEqualTo(0x1p360);
    return new Made(name, unit, dimensions, value.asDouble());
  }
}
