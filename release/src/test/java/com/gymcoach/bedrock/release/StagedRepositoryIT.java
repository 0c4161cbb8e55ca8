package com.gymcoach.bedrock.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The staged files are those that Maven Central asks for: all of them, and nothing else. */
class StagedRepositoryIT {
  static Stream<Staged> artifacts() throws IOException {
    return Staged.all();
  }

  static Stream<Staged> jars() throws IOException {
    return Staged.all().filter(staged -> !staged.isBom());
  }

  @Test
  void staged_artifacts_areThoseOfThePublishedModules() throws IOException {
    try (Stream<Path> folders = Files.list(Staged.GROUP)) {
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(Staged.published())
          .hasSizeGreaterThan(7);
    }
  }

  @ParameterizedTest
  @MethodSource("artifacts")
  void files_ofAnArtifact_areThoseThatCentralAsksForAndTheirSignatures(Staged staged)
      throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String ending : staged.endings()) {
      expected.add(staged.base() + ending);
      expected.add(staged.base() + ending + ".asc");
    }
    try (Stream<Path> files = Files.list(staged.folder())) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(name -> !name.startsWith("maven-metadata"))
                  .filter(name -> !name.endsWith(".md5") && !name.endsWith(".sha1")))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("artifacts")
  void checksums_areThoseOfTheFiles(Staged staged) throws Exception {
    for (String ending : staged.endings()) {
      byte[] bytes = Files.readAllBytes(staged.file(ending));
      assertThat(staged.file(ending + ".md5")).hasContent(digest("MD5", bytes));
      assertThat(staged.file(ending + ".sha1")).hasContent(digest("SHA-1", bytes));
    }
  }

  private static String digest(String algorithm, byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
  }

  @ParameterizedTest
  @MethodSource("artifacts")
  void signatures_areValid(Staged staged) throws Exception {
    for (String ending : staged.endings()) {
      assertThat(Gpg.verify(staged.file(ending + ".asc"), staged.file(ending)))
          .as(staged.base() + ending)
          .contains("[GNUPG:] GOODSIG");
    }
  }

  /** A published POM stands alone: it needs neither the build's parent nor its values. */
  @ParameterizedTest
  @MethodSource("artifacts")
  void pom_hasTheMetadataThatCentralAsksForAndStandsAlone(Staged staged) throws IOException {
    assertThat(Files.readString(staged.file(".pom")))
        .doesNotContain("${", System.getProperty("release.root"));
    Pom pom = new Pom(staged.file(".pom"));
    for (String path :
        List.of(
            "name",
            "description",
            "url",
            "licenses/license/name",
            "licenses/license/url",
            "developers/developer/name",
            "scm/url",
            "scm/connection")) {
      assertThat(pom.texts(path)).as(path).isNotEmpty().noneMatch(String::isBlank);
    }
    for (String path : List.of("parent", "build", "profiles", "properties", "repositories")) {
      assertThat(pom.texts(path)).as(path).isEmpty();
    }
    assertThat(pom.texts("groupId")).containsExactly("com.gymcoach.bedrock");
    assertThat(pom.texts("artifactId")).containsExactly(staged.id());
    assertThat(pom.texts("version")).containsExactly(System.getProperty("release.version"));
    assertThat(pom.texts("url")).isEqualTo(pom.texts("scm/url"));
  }

  @ParameterizedTest
  @MethodSource("jars")
  void dependencies_haveReleasedVersionsAndNoTestScope(Staged staged) throws IOException {
    Pom pom = new Pom(staged.file(".pom"));
    List<String> ids = pom.texts("dependencies/dependency/artifactId");
    assertThat(ids).isNotEmpty();
    assertThat(pom.texts("dependencies/dependency/version")).hasSameSizeAs(ids);
    assertThat(pom.texts("dependencies/dependency/scope"))
        .isSubsetOf("compile", "runtime", "provided");
    pom.dependencies()
        .forEach(
            (artifact, version) -> {
              if (artifact.startsWith("com.gymcoach.bedrock:")) {
                assertThat(version).as(artifact).isEqualTo(System.getProperty("release.version"));
              } else {
                assertThat(version).as(artifact).doesNotContain("SNAPSHOT", "[", "(");
              }
            });
  }

  @Test
  void bom_managesEveryPublishedJar() throws IOException {
    Staged bom = Staged.all().filter(Staged::isBom).findFirst().orElseThrow();
    Pom pom = new Pom(bom.file(".pom"));
    assertThat(pom.texts("dependencyManagement/dependencies/dependency/artifactId"))
        .containsExactlyInAnyOrderElementsOf(jars().map(Staged::id).toList());
    assertThat(pom.texts("dependencyManagement/dependencies/dependency/version"))
        .containsOnly(System.getProperty("release.version"));
  }

  @ParameterizedTest
  @MethodSource("jars")
  void sources_areThoseOfEveryClass(Staged staged) throws IOException {
    Set<String> sources = entries(staged.file("-sources.jar"));
    Set<String> expected =
        entries(staged.file(".jar")).stream()
            .filter(name -> name.endsWith(".class"))
            .map(name -> name.replaceFirst("(\\$.*)?\\.class$", ".java"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(expected).isNotEmpty();
    assertThat(sources).containsAll(expected);
    assertThat(sources).contains("META-INF/LICENSE", "META-INF/NOTICE");
  }

  @ParameterizedTest
  @MethodSource("jars")
  void javadoc_hasPagesAndNoneOfInternalPackages(Staged staged) throws IOException {
    Set<String> pages = entries(staged.file("-javadoc.jar"));
    assertThat(pages)
        .contains("index.html")
        .anyMatch(page -> page.contains("com/gymcoach/bedrock/") && page.endsWith(".html"))
        .noneMatch(page -> page.contains("/internal/"));
  }

  /** The list of components names each dependency in the version of the POM. */
  @ParameterizedTest
  @MethodSource("jars")
  void components_includeEveryDependency(Staged staged) throws IOException {
    String components = Files.readString(staged.file("-cyclonedx.json"));
    assertThat(components).contains("\"bomFormat\" : \"CycloneDX\"");
    List<String> missing = new ArrayList<>();
    new Pom(staged.file(".pom"))
        .dependencies()
        .forEach(
            (artifact, version) -> {
              String url = "pkg:maven/" + artifact.replace(':', '/') + "@" + version;
              if (!components.contains(url + "?")) {
                missing.add(url);
              }
            });
    assertThat(missing).isEmpty();
  }

  @Test
  void bundle_isTheStagedFilesWithoutMetadata() throws IOException {
    Path staging = Path.of(System.getProperty("release.staging"));
    try (Stream<Path> files = Files.walk(staging)) {
      assertThat(entries(Path.of(System.getProperty("release.bundle"))))
          .containsExactlyInAnyOrderElementsOf(
              files
                  .filter(Files::isRegularFile)
                  .map(file -> staging.relativize(file).toString().replace('\\', '/'))
                  .filter(name -> !name.contains("maven-metadata"))
                  .toList());
    }
  }

  private static Set<String> entries(Path zip) throws IOException {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      return file.stream()
          .filter(entry -> !entry.isDirectory())
          .map(entry -> entry.getName())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
