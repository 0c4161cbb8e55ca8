package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** The built jars do all that they should with other versions of the libraries beside them. */
class CompatibilityIT {
  private static DynamoDbLocal dynamoDb;

  @BeforeAll
  static void start() {
    dynamoDb = DynamoDbLocal.start();
  }

  @AfterAll
  static void stop() {
    dynamoDb.close();
  }

  /** Those of every build, then those of the profile {@code compatibility}. */
  static Stream<ClassPath> classPaths() {
    List<ClassPath> each =
        List.of(
            ClassPath.FLOOR,
            ClassPath.sdk("2.36.3"),
            ClassPath.sdk("2.41.34"),
            ClassPath.sdk(System.getProperty("aws.sdk.version")));
    List<ClassPath> more =
        List.of(
            ClassPath.sdk("2.46.17").memoryOnly(),
            ClassPath.mixed("2.36.3", "2.59.1"),
            ClassPath.with("jackson-core", "jackson.version", "2.15.4"),
            ClassPath.with("jackson-core", "jackson.version", "2.17.3"),
            ClassPath.with("jackson-core", "jackson.version", "2.18.3"),
            ClassPath.with("Caffeine", "caffeine.version", "2.9.3"),
            ClassPath.with("slf4j-api", "slf4j.version", "1.7.36"));
    return Stream.concat(
        each.stream(), Boolean.getBoolean("compatibility.all") ? more.stream() : Stream.empty());
  }

  @ParameterizedTest
  @MethodSource("classPaths")
  void builtJars_onAnotherClassPath_answerFromMemoryAndTable(ClassPath classPath) throws Exception {
    ChildJvm.Said said =
        classPath.services()
            ? ChildJvm.run(classPath, dynamoDb.endpoint().toString(), classPath.fileName())
            : ChildJvm.run(classPath);

    assertThat(said.lines()).containsExactlyElementsOf(expected(classPath));
    assertThat(said.log())
        .contains("cached=true cacheSource=hot ")
        .contains("Bedrock call")
        .doesNotContain("dependencyManagement");
  }

  /** Below the floor. */
  static Stream<ClassPath> unsupported() {
    Stream<ClassPath> each = Stream.of(ClassPath.mixed("2.30.38", "2.59.1"));
    Stream<ClassPath> more =
        Stream.of(
            ClassPath.sdk("2.33.9").memoryOnly(),
            ClassPath.sdk("2.30.38").memoryOnly(),
            ClassPath.sdk("2.25.69").memoryOnly(),
            ClassPath.with("jackson-core", "jackson.version", "2.13.5").memoryOnly());
    return Boolean.getBoolean("compatibility.all") ? Stream.concat(each, more) : each;
  }

  @ParameterizedTest
  @MethodSource("unsupported")
  void builtJars_belowTheFloor_answerAsTheBareClientAndWarnOnce(ClassPath classPath)
      throws Exception {
    ChildJvm.Said said = ChildJvm.run(classPath);

    for (Operation operation : Operation.values()) {
      for (String kind : List.of("", " with overrides")) {
        assertThat(said.lines())
            .filteredOn(line -> line.startsWith(operation + kind + ": "))
            .singleElement()
            .asString()
            .matches(".*: (BYPASS|MISS) from BEDROCK, (BYPASS|MISS|HIT) from (BEDROCK|HOT), .*")
            .doesNotContain("LOST", "ANOTHER ANSWER", "fails");
      }
    }
    assertThat(said.log())
        .containsOnlyOnce("<dependencyManagement>")
        .contains("This library needs ")
        .contains(classPath.versions().values());
  }

  private static List<String> expected(ClassPath classPath) throws Exception {
    boolean newer =
        classPath.has(
            BedrockRuntimeClient.class.getPackageName() + ".model.InvokeGuardrailChecksRequest");
    List<String> lines = new ArrayList<>();
    if (!newer) {
      lines.add(newerFails("NewerBedrockAsyncClient"));
      lines.add(newerFails("NewerBedrockClient"));
      lines.add(newerFails("internal.sdk.GuardrailChecksOperation"));
    }
    lines.add(
        newer
            ? "clients: NewerBedrockClient, NewerBedrockAsyncClient"
            : "clients: CachingBedrockClient, CachingBedrockAsyncClient");
    String rest = classPath.services() ? "HIT from WARM" : "MISS from BEDROCK";
    for (Operation operation : Operation.values()) {
      for (String kind : List.of("", " with overrides")) {
        lines.add(operation + kind + ": MISS from BEDROCK, HIT from HOT, " + rest);
      }
    }
    lines.add("spring: started");
    lines.add("faults: []");
    return lines;
  }

  /** These are made only where their operation exists, so nothing ever looks at them here. */
  private static String newerFails(String name) {
    return "reflection fails: com.gymcoach.bedrock.cache."
        + name
        + ": java.lang.NoClassDefFoundError: software/amazon/awssdk/services/bedrockruntime/model/"
        + "InvokeGuardrailChecksRequest";
  }
}
