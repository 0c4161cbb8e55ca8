package com.gymcoach.bedrock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two builds in two folders give the same bytes. Takes minutes, so only the profile {@code
 * compatibility} runs it.
 */
class ReproducibleIT {
  private static final String MODULES =
      "core,dynamodb-store,redis-store,metrics-cloudwatch,metrics-micrometer,"
          + "telemetry-opentelemetry,testkit,spring-boot-starter,warm-up";

  @Test
  @EnabledIfSystemProperty(named = "compatibility.all", matches = "true")
  void jars_ofTwoBuilds_areTheSame(@TempDir Path folder) throws Exception {
    Map<String, byte[]> one = build(folder.resolve("one"));
    Map<String, byte[]> other = build(folder.resolve("another folder"));
    assertThat(one).hasSize(8);
    assertThat(other.keySet()).isEqualTo(one.keySet());
    one.forEach((name, bytes) -> assertThat(other.get(name)).as(name).isEqualTo(bytes));
  }

  private static Map<String, byte[]> build(Path to) throws IOException, InterruptedException {
    Path root = Path.of("..").toRealPath();
    try (Stream<Path> files = Files.walk(root)) {
      files.filter(file -> isSource(root.relativize(file))).forEach(file -> copy(root, file, to));
    }
    Path log = to.resolve("log");
    Process maven =
        new ProcessBuilder(ClassPath.maven("-q", "-DskipTests", "-pl", MODULES, "package"))
            .directory(to.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(maven.waitFor(20, TimeUnit.MINUTES)).isTrue();
    assertThat(maven.exitValue()).as(Files.readString(log)).isZero();
    Map<String, byte[]> jars = new TreeMap<>();
    try (Stream<Path> files = Files.walk(to)) {
      String ending = "-" + System.getProperty("bedrock-cache.version") + ".jar";
      for (Path file : files.filter(f -> f.toString().endsWith(ending)).toList()) {
        jars.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return jars;
  }

  private static boolean isSource(Path file) {
    for (Path part : file) {
      String name = part.toString();
      if (name.equals("target") || name.equals("node_modules") || name.startsWith(".git")) {
        return false;
      }
    }
    return true;
  }

  private static void copy(Path root, Path file, Path to) {
    try {
      Path copy = to.resolve(root.relativize(file).toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(copy);
      } else {
        Files.copy(file, copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
