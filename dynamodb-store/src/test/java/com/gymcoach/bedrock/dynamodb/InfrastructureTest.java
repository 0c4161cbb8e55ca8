package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The table and the policies in docs/infrastructure, as CloudFormation and as Terraform, are those
 * of docs/dynamodb-table.md, which {@link PolicyTest} evaluates.
 */
class InfrastructureTest {
  private static final Path FOLDER = Path.of("..", "docs", "infrastructure");
  private static final String TABLE =
      "arn:aws:dynamodb:eu-central-1:000000000000:table/gymcoach-ai-main";

  /** JSON is YAML, so one parser reads the page, the template and Terraform's policies. */
  private static Object parsed(String text) {
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
  }

  private static Object policyOnThePage(int index) throws IOException {
    Matcher json =
        Pattern.compile("(?s)```json\\n(.*?)\\n```")
            .matcher(Files.readString(Path.of("..", "docs", "dynamodb-table.md")));
    for (int i = 0; i <= index; i++) {
      assertThat(json.find()).isTrue();
    }
    return parsed(json.group(1));
  }

  private static Object serviceOnThePage() throws IOException {
    return policyOnThePage(0);
  }

  private static Object operatorOnThePage() throws IOException {
    return policyOnThePage(2);
  }

  private static Object cloudFormation(String... path) throws IOException {
    Object at = resolved(parsed(Files.readString(FOLDER.resolve("cloudformation.yaml"))));
    for (String name : path) {
      at = Objects.requireNonNull(((Map<?, ?>) at).get(name), name);
    }
    return at;
  }

  /** Replaces what CloudFormation computes by the values on the page. */
  private static Object resolved(Object node) {
    if (node instanceof List<?> list) {
      List<@Nullable Object> all = new ArrayList<>();
      list.forEach(each -> all.add(resolved(each)));
      return all;
    }
    if (!(node instanceof Map<?, ?> map)) {
      return node;
    }
    if (map.containsKey("Fn::GetAtt")) {
      return TABLE;
    }
    if (map.get("Fn::Sub") instanceof String text) {
      return text.replace("${Namespace}", "default");
    }
    Map<Object, Object> all = new LinkedHashMap<>();
    map.forEach((key, value) -> all.put(key, resolved(value)));
    return all;
  }

  private static Object terraformPolicy(String name) throws IOException {
    String template = Files.readString(FOLDER.resolve(name + "-policy.json.tftpl"));
    return parsed(template.replace("${table_arn}", TABLE).replace("${namespace}", "default"));
  }

  @Test
  void policies_inBothForms_areThoseOfThePage() throws IOException {
    assertThat(cloudFormation("Resources", "ServicePolicy", "Properties", "PolicyDocument"))
        .isEqualTo(serviceOnThePage());
    assertThat(cloudFormation("Resources", "OperatorPolicy", "Properties", "PolicyDocument"))
        .isEqualTo(operatorOnThePage());
    assertThat(terraformPolicy("service")).isEqualTo(serviceOnThePage());
    assertThat(terraformPolicy("operator")).isEqualTo(operatorOnThePage());
    String terraform = Files.readString(FOLDER.resolve("main.tf"));
    assertThat(terraform)
        .contains("service-policy.json.tftpl", "operator-policy.json.tftpl")
        .contains("table_arn = aws_dynamodb_table.cache.arn", "namespace = var.namespace");
  }

  /** The same as the table that {@link CacheTable} creates for development. */
  @Test
  void table_inBothForms_hasTheStoresKeysAndTtl() throws IOException {
    Map<?, ?> table = (Map<?, ?>) cloudFormation("Resources", "Table", "Properties");
    assertThat(table.get("KeySchema"))
        .isEqualTo(
            List.of(
                Map.of("AttributeName", "PK", "KeyType", "HASH"),
                Map.of("AttributeName", "SK", "KeyType", "RANGE")));
    assertThat(table.get("AttributeDefinitions"))
        .isEqualTo(
            List.of(
                Map.of("AttributeName", "PK", "AttributeType", "S"),
                Map.of("AttributeName", "SK", "AttributeType", "S")));
    assertThat(table.get("TimeToLiveSpecification"))
        .isEqualTo(Map.of("AttributeName", "ttl", "Enabled", true));
    String terraform = Files.readString(FOLDER.resolve("main.tf")).replaceAll("[ \\n]+", " ");
    assertThat(terraform)
        .contains(
            "hash_key = \"PK\" range_key = \"SK\"",
            "attribute { name = \"PK\" type = \"S\" } attribute { name = \"SK\" type = \"S\" }",
            "ttl { attribute_name = \"ttl\" enabled = true }");
  }
}
