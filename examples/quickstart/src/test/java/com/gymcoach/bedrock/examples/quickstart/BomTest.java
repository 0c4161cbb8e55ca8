package com.gymcoach.bedrock.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The BOM lists each published module, in the version of the build. */
class BomTest {
  private static final Path ROOT = Path.of("..", "..");

  private static Set<String> found(String regex, String text) {
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** A module that is published says so. */
  private static Set<String> published() throws IOException {
    Set<String> artifacts = new TreeSet<>();
    for (String module :
        found("<module>([^<]+)</module>", Files.readString(ROOT.resolve("pom.xml")))) {
      String pom = Files.readString(ROOT.resolve(module).resolve("pom.xml"));
      if (!module.equals("bom") && pom.contains("<maven.deploy.skip>false</maven.deploy.skip>")) {
        String own = pom.replaceFirst("(?s)<parent>.*?</parent>", "");
        artifacts.add(found("<artifactId>([^<]+)</artifactId>", first(own)).iterator().next());
      }
    }
    return artifacts;
  }

  private static String first(String pom) {
    return pom.substring(0, pom.indexOf("</artifactId>") + "</artifactId>".length());
  }

  @Test
  void bom_listsEveryPublishedModuleInTheBuildsVersion() throws IOException {
    String bom = Files.readString(ROOT.resolve("bom").resolve("pom.xml"));
    String managed =
        bom.substring(
            bom.indexOf("<dependencyManagement>"), bom.indexOf("</dependencyManagement>"));
    assertThat(found("<artifactId>([^<]+)</artifactId>", managed)).isEqualTo(published());
    assertThat(found("<version>([^<]+)</version>", managed)).containsExactly("${project.version}");
    String parent = Files.readString(ROOT.resolve("pom.xml"));
    assertThat(found("<version>([^<]+)</version>", bom.substring(0, bom.indexOf("<packaging>"))))
        .isEqualTo(
            found(
                "<version>([^<]+)</version>", parent.substring(0, parent.indexOf("<packaging>"))));
  }

  /** The modules' parent imports the BOM, and {@code -am} does not add what is imported. */
  @Test
  void installCommand_ofGettingStarted_includesTheBom() throws IOException {
    String page = Files.readString(ROOT.resolve("docs").resolve("getting-started.md"));
    assertThat(found("install -pl (?:\\S+,)?(bom)[, ]", page)).containsExactly("bom");
  }

  @Test
  void core_needsOnlyTheSdkAndTheFiveLibrariesThatTheReadmeLists() throws IOException {
    String pom = Files.readString(ROOT.resolve("core").resolve("pom.xml"));
    String compile =
        pom.replaceAll(
            "(?s)<dependency>(?:(?!</dependency>).)*<scope>test</scope>.*?</dependency>", "");
    Set<String> needed =
        found(
            "<artifactId>([^<]+)</artifactId>",
            compile.substring(
                compile.indexOf("<dependencies>"), compile.indexOf("</dependencies>")));
    assertThat(needed)
        .containsExactlyInAnyOrder(
            "bedrockruntime", "caffeine", "jackson-core", "HdrHistogram", "jspecify", "slf4j-api");
    String readme = Files.readString(ROOT.resolve("README.md"));
    assertThat(readme)
        .contains("Caffeine", "jackson-core", "HdrHistogram", "JSpecify", "slf4j-api");
  }
}
