package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Fresh projects that have a framework and what our pages say to add, and nothing else: the AWS SDK
 * is the one that Maven then chooses. Starts Maven for each, so only the profile {@code
 * compatibility} runs it.
 */
@EnabledIfSystemProperty(named = "compatibility.all", matches = "true")
class FreshProjectIT {
  private static final String MODEL =
      "--spring.ai.bedrock.converse.chat.options.model=amazon.nova-lite-v1:0";

  private final BedrockStandIn standIn = BedrockStandIn.start();

  @AfterEach
  void stop() {
    standIn.close();
  }

  @ParameterizedTest
  @CsvSource({
    "1.1.8, true, 2.36.3",
    "1.1.8, false, aws.sdk.version",
    "2.0.0-M6, true, 2.41.22",
    "2.0.0-M6, false, aws.sdk.version"
  })
  void springAi_withTheReadmesSnippet_asksOnceAndPassesTheExamplesTests(
      String version, boolean frameworkFirst, String sdk) throws Exception {
    String framework = dependency("org.springframework.ai", "spring-ai-bedrock-converse", version);
    FreshProject project = withReadme("spring-ai-" + version, framework, frameworkFirst);

    assertThat(project.versionOf("bedrockruntime")).isEqualTo(System.getProperty(sdk, sdk));
    assertAsksOnce(project, "SpringAiService");
    assertPassesTestsOf(project, "spring-ai");
  }

  @ParameterizedTest
  @CsvSource({"true, 2.41.34", "false, aws.sdk.version"})
  void langChain4j_withTheReadmesSnippet_asksOnceAndPassesTheExamplesTests(
      boolean frameworkFirst, String sdk) throws Exception {
    String framework = dependency("dev.langchain4j", "langchain4j-bedrock", "1.16.3");
    FreshProject project = withReadme("langchain4j", framework, frameworkFirst);

    assertThat(project.versionOf("bedrockruntime")).isEqualTo(System.getProperty(sdk, sdk));
    assertAsksOnce(project, "LangChain4jService");
    assertPassesTestsOf(project, "langchain4j");
  }

  /** The service has no code for clients: Spring AI's properties and the SDK's settings do. */
  @ParameterizedTest
  @CsvSource({
    "spring-boot.version, 1.1.2, 1.1.8, true",
    "spring-boot.version, 1.1.2, 1.1.2, false",
    "spring-boot-4.version, 2.0.0-M6, 2.0.0-M6, true"
  })
  void springBoot_withTheStarterAndAScopeResolver_asksOnce(
      String boot, String starter, String chat, boolean frameworkFirst) throws Exception {
    FreshProject project =
        boot(boot, springAi(starter, chat), frameworkFirst)
            .compile(sources("BootService"), List.of());

    List<String> lines =
        project.run(
            List.of("-Daws.endpointUrlBedrockRuntime=" + standIn.endpoint()),
            "org.example.BootService",
            List.of(),
            MODEL);

    assertTwoAnswers("answer: ", lines);
    assertThat(standIn.requests()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"spring-boot.version, 1.1.2", "spring-boot-4.version, 2.0.0-M6"})
  void springBoot_whenBothClientsAreBeans_callsAndStreamsOnce(String boot, String springAi)
      throws Exception {
    FreshProject project =
        boot(boot, springAi(springAi, springAi), true)
            .compile(sources("BootService", "OwnClients"), List.of());

    List<String> lines =
        project.run(
            List.of(),
            "org.example.BootService",
            List.of(),
            MODEL,
            "--spring.profiles.active=own-clients",
            "--endpoint=" + standIn.endpoint());

    assertTwoAnswers("answer: ", lines);
    assertTwoAnswers("stream: ", lines);
    assertThat(standIn.requests("Converse")).isEqualTo(1);
    assertThat(standIn.requests("ConverseStream")).isEqualTo(1);
  }

  private void assertAsksOnce(FreshProject project, String service) throws Exception {
    List<String> lines =
        project
            .compile(sources(service), List.of())
            .run(List.of(), "org.example." + service, List.of(), standIn.endpoint().toString());
    assertTwoAnswers("answer: ", lines);
    assertThat(standIn.requests()).isEqualTo(1);
  }

  private static void assertTwoAnswers(String prefix, List<String> lines) {
    assertThat(startingWith(prefix, lines))
        .hasSize(2)
        .allMatch(answer -> answer.startsWith("Stand with your feet at shoulder width"));
  }

  /** The pages say to copy the example: it is compiled again with its tests. */
  private static void assertPassesTestsOf(FreshProject project, String example) throws Exception {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Path.of("../examples", example, "src"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    List<Path> jars = new ArrayList<>(ExampleTests.jars());
    jars.add(Jars.of(BedrockStandIn.class));
    List<String> tests =
        sources.stream()
            .map(file -> file.toString().replace(File.separatorChar, '.'))
            .filter(file -> file.endsWith("Test.java"))
            .map(file -> file.substring(file.indexOf("com.gymcoach."), file.length() - 5))
            .toList();
    List<String> lines =
        project
            .compile(sources, jars)
            .run(List.of(), ExampleTests.class.getName(), jars, tests.toArray(String[]::new));
    assertThat(startingWith("tests passed: ", lines)).hasSize(1).doesNotContain("0");
  }

  private static FreshProject withReadme(String name, String framework, boolean frameworkFirst)
      throws Exception {
    String snippet = FreshProject.snippet("README.md");
    String mark = frameworkFirst ? "<dependencies>" : "</dependencies>";
    int at = snippet.lastIndexOf(mark) + (frameworkFirst ? mark.length() : 0);
    return FreshProject.create(
        name + (frameworkFirst ? "-first" : "-last"),
        snippet.substring(0, at) + framework + snippet.substring(at));
  }

  /** The chat model may be newer than the auto-configuration. */
  private static String springAi(String starter, String chat) {
    String group = "org.springframework.ai";
    return dependency(group, "spring-ai-bedrock-converse", chat)
        + dependency(group, "spring-ai-starter-model-bedrock-converse", starter);
  }

  private static FreshProject boot(String boot, String framework, boolean frameworkFirst)
      throws Exception {
    String starter = FreshProject.snippet("docs/spring-boot.md");
    String dependencies = frameworkFirst ? framework + starter : starter + framework;
    String version = System.getProperty(boot);
    return FreshProject.create(
        "spring-boot-" + version + (frameworkFirst ? "-first" : "-last"),
        """
        <dependencyManagement>
          <dependencies>
            <dependency>
              <groupId>org.springframework.boot</groupId>
              <artifactId>spring-boot-dependencies</artifactId>
              <version>%s</version>
              <type>pom</type>
              <scope>import</scope>
            </dependency>
          </dependencies>
        </dependencyManagement>
        <dependencies>
        %s
        </dependencies>
        """
            .formatted(version, dependencies));
  }

  private static List<Path> sources(String... names) {
    return Stream.of(names).map(name -> Path.of("src/fresh", name + ".java")).toList();
  }

  private static List<String> startingWith(String prefix, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .toList();
  }

  private static String dependency(String group, String artifact, String version) {
    return """
        <dependency>
          <groupId>%s</groupId>
          <artifactId>%s</artifactId>
          <version>%s</version>
        </dependency>
        """
        .formatted(group, artifact, version);
  }
}
