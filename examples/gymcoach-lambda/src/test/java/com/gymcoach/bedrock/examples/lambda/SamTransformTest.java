package com.gymcoach.bedrock.examples.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What CloudFormation is asked for after AWS's SAM transform, {@code aws-sam-translator}, which
 * {@code .ci/run} installs where pip can be had.
 */
class SamTransformTest {
  private static final Path VALIDATOR = Path.of("..", "..", ".ci", "validate");
  private static final Path FILE = Path.of("template.yaml");

  private record Output(int exit, String text) {}

  @TempDir private Path folder;

  @BeforeAll
  static void needsTheTransform() throws Exception {
    try {
      assumeTrue(
          python("-c", "import samtranslator.translator.transform").exit == 0,
          "no SAM transform: .ci/run installs it where pip can be had");
    } catch (IOException e) {
      assumeTrue(false, "no Python: " + e.getMessage());
    }
  }

  @Test
  void template_isTransformedIntoADeploymentWatchedByItsAlarms() throws Exception {
    JsonNode resources = transformed(FILE).path("Resources");

    JsonNode group = resources.at("/FunctionDeploymentGroup/Properties");
    assertThat(group.at("/AlarmConfiguration/Enabled").asBoolean()).isTrue();
    List<String> alarms = new ArrayList<>();
    group
        .at("/AlarmConfiguration/Alarms")
        .forEach(alarm -> alarms.add(alarm.path("Name").path("Ref").asText(alarm.toString())));
    assertThat(alarms).hasSize(4).contains("ApiFails", "FunctionFails");
    assertThat(group.path("DeploymentConfigName").toString()).contains("Canary10Percent30Minutes");
    assertThat(group.at("/AutoRollbackConfiguration/Events").toString())
        .contains("DEPLOYMENT_STOP_ON_ALARM");
    assertThat(
            resources.at("/FunctionAliaslive/UpdatePolicy/CodeDeployLambdaAliasUpdate").isObject())
        .isTrue();
    assertThat(resources.at("/Function/Properties/SnapStart/ApplyOn").asText())
        .isEqualTo("PublishedVersions");
  }

  /** Else CloudFormation would replace no version, and callers would notice nothing. */
  @Test
  void release_whenItChanges_isAnotherVersion() throws Exception {
    assertThat(versions("1764000000")).hasSize(1).isNotEqualTo(versions("1764000001"));
  }

  private static Set<String> versions(String release) throws Exception {
    Set<String> versions = new TreeSet<>();
    transformed(FILE, "Release=" + release)
        .path("Resources")
        .properties()
        .forEach(
            resource -> {
              if (resource.getValue().path("Type").asText().equals("AWS::Lambda::Version")) {
                versions.add(resource.getKey());
              }
            });
    return versions;
  }

  @Test
  void api_hasTheRoutesOfTheTemplate() throws Exception {
    JsonNode paths = transformed(FILE).at("/Resources/Api/Properties/Body/paths");

    Set<String> methods = new TreeSet<>();
    paths.forEach(path -> path.fieldNames().forEachRemaining(methods::add));
    assertThat(methods)
        .contains("get", "post")
        .doesNotContain("options", "x-amazon-apigateway-any-method");
  }

  @Test
  void transformedTemplate_passesTheSchemas() throws Exception {
    TemplateSchemaTest.assumeValidator();
    Path transformed = folder.resolve("transformed.json");
    Files.write(transformed, Events.JSON.writeValueAsBytes(transformed(FILE)));

    assertThat(TemplateSchemaTest.validate(transformed)).isEmpty();
  }

  /** The control. */
  @Test
  void template_whenAPropertyIsUnknownToSam_isRefused() throws Exception {
    String text = Files.readString(FILE);
    String wrong = text.replace("AutoPublishAlias:", "AutoPublishAliases:");
    assertThat(wrong).isNotEqualTo(text);
    Path copy = Files.writeString(folder.resolve("template.yaml"), wrong);

    Output output = transform(copy);
    assertThat(output.exit).as(output.text).isNotZero();
    assertThat(output.text).contains("AutoPublishAliases");
  }

  private static JsonNode transformed(Path file, String... values) throws Exception {
    Output output = transform(file, values);
    assertThat(output.exit).as(output.text).isZero();
    return Events.JSON.readTree(output.text.substring(output.text.indexOf('{')));
  }

  private static Output transform(Path file, String... values) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "transform.py",
                file.toRealPath().toString(),
                "Release=1",
                "JwtIssuer=https://issuer.example",
                "JwtAudience=app"));
    arguments.addAll(List.of(values));
    return python(arguments.toArray(new String[0]));
  }

  private static Output python(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("python3"));
    command.addAll(List.of(arguments));
    ProcessBuilder python =
        new ProcessBuilder(command).directory(VALIDATOR.toFile()).redirectErrorStream(true);
    python.environment().merge("PYTHONPATH", "python", (set, own) -> own + ":" + set);
    python.environment().put("AWS_DEFAULT_REGION", "eu-central-1");
    Process process = python.start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Output(process.waitFor(), text);
  }
}
