package com.gymcoach.bedrock.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A user's project, {@code release/consumer}, builds from the staged repository and Maven Central,
 * and gets a hit on the module path. Its local repository has nothing of this library's group; the
 * rest is linked to that of this build, so that nothing is downloaded twice.
 */
class ConsumerIT {
  private static final Path TARGET = Path.of(System.getProperty("release.target"));
  private static final Path REPOSITORY = TARGET.resolve("consumer-repository");
  private static final Path PROJECT = TARGET.resolve("consumer");

  private static List<String> printed = List.of();

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    delete(REPOSITORY);
    delete(PROJECT);
    Path linked = Path.of(System.getProperty("maven.repo.local"));
    link(linked, REPOSITORY, "com");
    link(linked.resolve("com"), REPOSITORY.resolve("com"), "gymcoach");
    copy(Path.of("consumer"), PROJECT);
    printed = maven();
  }

  @Test
  void consumer_onTheModulePath_getsAHit() throws Exception {
    assertThat(printed)
        .contains(
            "consumer: module com.gymcoach.bedrock.cache",
            "consumer: module com.gymcoach.bedrock.dynamodb",
            "consumer: module com.gymcoach.bedrock.cloudwatch",
            "consumer: module com.gymcoach.bedrock.micrometer",
            "consumer: module com.gymcoach.bedrock.opentelemetry")
        .containsSubsequence("consumer: MISS Rest on Sunday.", "consumer: HIT Rest on Sunday.");
    Files.writeString(TARGET.resolve("summary.txt"), summary());
  }

  /** And nothing else of the library: a published POM that named the parent would fetch it. */
  @Test
  void library_inTheConsumersRepository_comesFromStaging() throws IOException {
    List<String> fetched = new ArrayList<>();
    List<String> origins = new ArrayList<>();
    try (Stream<Path> folders = Files.list(REPOSITORY.resolve("com/gymcoach/bedrock"))) {
      for (Path folder : folders.toList()) {
        fetched.add(folder.getFileName().toString());
        Path version = folder.resolve(System.getProperty("release.version"));
        try (Stream<String> lines = Files.lines(version.resolve("_remote.repositories"))) {
          lines.filter(line -> !line.startsWith("#")).forEach(origins::add);
        }
      }
    }
    assertThat(fetched)
        .containsExactlyInAnyOrder(
            "bedrock-cache",
            "bedrock-cache-bom",
            "bedrock-cache-dynamodb-store",
            "bedrock-cache-metrics-cloudwatch",
            "bedrock-cache-metrics-micrometer",
            "bedrock-cache-telemetry-opentelemetry");
    assertThat(origins).isNotEmpty().allMatch(origin -> origin.endsWith(">staging="));
  }

  private static String summary() throws Exception {
    long files;
    try (Stream<Path> all = Files.walk(Staged.GROUP)) {
      files = all.filter(Files::isRegularFile).count();
    }
    return "Staged %d artifacts (%d files) of %s, signed by \"%s\". A project built from them got a hit.%n"
            .formatted(
                Staged.published().size(),
                files,
                System.getProperty("release.version"),
                Gpg.signer())
        + "Nothing was published. The bundle for Maven Central is "
        + System.getProperty("release.bundle");
  }

  private static List<String> maven() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
    command.addAll(List.of("-B", "-ntp", "-f", PROJECT.resolve("pom.xml").toString()));
    command.add("-Dmaven.repo.local=" + REPOSITORY);
    command.add("-Dstaging.url=" + Path.of(System.getProperty("release.staging")).toUri());
    command.add("-Dbedrock-cache.version=" + System.getProperty("release.version"));
    if ("offline=true".equals(System.getProperty("maven.offline"))) {
      command.addAll(List.of("-o", "-Daether.offline.protocols=file"));
    }
    Path settings = Path.of(System.getProperty("maven.settings").replaceFirst("^file=", ""));
    if (Files.exists(settings)) {
      command.addAll(List.of("-s", settings.toString()));
    }
    command.add("process-classes");
    Path log = TARGET.resolve("consumer.log");
    Process maven =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!maven.waitFor(10, TimeUnit.MINUTES)) {
      maven.destroyForcibly();
      throw new AssertionError("The consumer's build did not end within 10 minutes: " + log);
    }
    List<String> lines = Files.readAllLines(log);
    assertThat(maven.exitValue()).as(String.join("\n", lines)).isZero();
    return lines;
  }

  /** Links to each entry of a folder but one. */
  private static void link(Path from, Path to, String except) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.filter(entry -> !entry.endsWith(except)).toList()) {
        Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toAbsolutePath());
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  /** Deletes a folder, and of a link only the link. */
  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
