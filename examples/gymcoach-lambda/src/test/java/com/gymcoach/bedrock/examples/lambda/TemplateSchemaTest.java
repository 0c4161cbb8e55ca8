package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The templates match the resources' schemas, by AWS's own validator, which {@code .ci/run}
 * installs. It knows only the names of SAM's resources: the properties that the function passes to
 * Lambda are checked as Lambda's.
 */
class TemplateSchemaTest {
  private static final Path VALIDATOR = Path.of("..", "..", ".ci", "validate");
  private static final Path FILE = Path.of("template.yaml");
  private static final Set<String> OF_SAM =
      Set.of(
          "CodeUri",
          "AutoPublishAlias",
          "AutoPublishCodeSha256",
          "VersionDescription",
          "DeploymentPreference",
          "Events");

  @TempDir private Path folder;

  @BeforeAll
  static void needsTheValidator() throws InterruptedException {
    assumeValidator();
  }

  /** Skips the test that calls this where there is no validator. */
  static void assumeValidator() throws InterruptedException {
    Path installed = VALIDATOR.resolve("node_modules/@aws/cloudformation-validate");
    assumeTrue(Files.isDirectory(installed), "no template validator: .ci/run installs it");
    try {
      assumeTrue(run(List.of("--version")).startsWith("v"), "no node");
    } catch (IOException e) {
      assumeTrue(false, "no node: " + e.getMessage());
    }
  }

  @Test
  void templates_passTheSchemas() throws Exception {
    Path monitoring = Path.of("..", "..", "docs", "monitoring");
    assertThat(
            validate(
                FILE,
                monitoring.resolve("alarms.json"),
                monitoring.resolve("queries.json"),
                monitoring.resolve("dashboard.json")))
        .isEmpty();
  }

  @Test
  void function_passesLambdasSchema() throws Exception {
    assertThat(validate(asLambda(Map.of()))).isEmpty();
  }

  /** The control. */
  @Test
  void templates_whenAPropertyIsWrong_areRefused() throws Exception {
    String text = Files.readString(FILE);
    assertThat(validate(copy(text.replace("RetentionInDays: !Ref", "RetentionDays: !Ref"))))
        .contains("F3002 LogGroup");
    assertThat(validate(copy(text.replace("BillingMode: PAY_PER_REQUEST", "BillingMode: FREE"))))
        .contains("W3030 Table");
    assertThat(validate(asLambda(Map.of("MemorySizes", 1024)))).contains("F3002 Function");
    assertThat(validate(asLambda(Map.of("SnapStart", Map.of("ApplyOn", "All")))))
        .contains("W3030 Function");
  }

  private Path copy(String text) throws IOException {
    return Files.writeString(folder.resolve("copy.yaml"), text);
  }

  /** Returns a template with the function as CloudFormation's own resource. */
  private Path asLambda(Map<String, Object> more) throws IOException {
    Map<String, Object> properties =
        new HashMap<>(TemplateTest.read(Map.of()).properties("Function"));
    assertThat(properties.keySet()).containsAll(OF_SAM);
    properties.keySet().removeAll(OF_SAM);
    properties.put("Role", "arn:aws:iam::000000000000:role/function");
    properties.put("LoggingConfig", Map.of("LogFormat", "Text", "LogGroup", "logs"));
    properties.put("Code", Map.of("S3Bucket", "bucket", "S3Key", "key"));
    properties.putAll(more);
    Map<String, Object> function =
        Map.of("Type", "AWS::Lambda::Function", "Properties", properties);
    return Files.write(
        folder.resolve("lambda.json"),
        new ObjectMapper().writeValueAsBytes(Map.of("Resources", Map.of("Function", function))));
  }

  /** Returns what the validator finds in templates; empty if nothing. */
  static String validate(Path... files) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("validate.js"));
    for (Path file : files) {
      arguments.add(file.toRealPath().toString());
    }
    return run(arguments);
  }

  private static String run(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("node"));
    command.addAll(arguments);
    Process node =
        new ProcessBuilder(command).directory(VALIDATOR.toFile()).redirectErrorStream(true).start();
    String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(node.waitFor()).as(output).isZero();
    return output;
  }
}
