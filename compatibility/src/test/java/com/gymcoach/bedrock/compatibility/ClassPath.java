package com.gymcoach.bedrock.compatibility;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A class path that a service may have beside the library's jars: this build's versions of all
 * libraries, but for those named.
 *
 * @param name how it is called in the tests' names
 * @param services whether the SDK's modules for DynamoDB and CloudWatch are on it
 * @param versions the versions that differ from this build's, by the property of {@code
 *     src/class-path/pom.xml} that sets them
 */
record ClassPath(String name, boolean services, Map<String, String> versions) {
  /** The oldest versions that the library supports. */
  static final ClassPath FLOOR =
      new ClassPath(
          "all at the floor",
          true,
          Map.of(
              "aws.sdk.version", "2.36.3",
              "jackson.version", "2.15.4",
              "caffeine.version", "2.9.3",
              "slf4j.version", "1.7.36"));

  private static final List<String> OF_THIS_BUILD =
      List.of(
          "aws.sdk.version",
          "caffeine.version",
          "jackson.version",
          "hdrhistogram.version",
          "jspecify.version",
          "slf4j.version",
          "spring.version");

  private static final Map<ClassPath, Resolved> RESOLVED = new HashMap<>();

  /**
   * Where a class path's jars are.
   *
   * @param problem why Maven cannot resolve it, or null if it can
   */
  private record Resolved(List<Path> jars, @Nullable String problem) {}

  /** Returns a class path with another AWS SDK. */
  static ClassPath sdk(String version) {
    return new ClassPath("AWS SDK " + version, true, Map.of("aws.sdk.version", version));
  }

  /** Returns a class path with one other library in another version. */
  static ClassPath with(String library, String property, String version) {
    return new ClassPath(library + " " + version, true, Map.of(property, version));
  }

  /** Returns a class path whose module for Bedrock is of another version than the rest. */
  static ClassPath mixed(String bedrockruntime, String others) {
    return new ClassPath(
        "bedrockruntime " + bedrockruntime + ", other SDK modules " + others,
        false,
        Map.of("bedrockruntime.version", bedrockruntime, "aws.sdk.version", others));
  }

  /** Returns the same without the SDK's modules for DynamoDB and CloudWatch. */
  ClassPath memoryOnly() {
    return new ClassPath(name + ", memory only", false, versions);
  }

  /**
   * Returns its jars, the library's own not among them. Skips the running test if Maven cannot
   * resolve one of them, here and now: offline, or because a registry does not serve it.
   */
  List<Path> jars() throws IOException, InterruptedException {
    Resolved resolved = RESOLVED.get(this);
    if (resolved == null) {
      resolved = resolve();
      RESOLVED.put(this, resolved);
    }
    Assumptions.assumeTrue(resolved.problem() == null, resolved.problem());
    return resolved.jars();
  }

  private Resolved resolve() throws IOException, InterruptedException {
    Path list = file(".class-path");
    Path log = file(".log");
    Files.deleteIfExists(list);
    ProcessBuilder builder =
        new ProcessBuilder(command(list)).redirectErrorStream(true).redirectOutput(log.toFile());
    String options = System.getenv().getOrDefault("MAVEN_OPTS", "");
    builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1 " + options);
    Process maven = builder.start();
    boolean ended = maven.waitFor(10, TimeUnit.MINUTES);
    if (!ended) {
      maven.destroyForcibly();
    }
    if (!ended || maven.exitValue() != 0) {
      String problem =
          "SKIPPED: the class path \"" + name + "\" cannot be resolved: " + firstError(log);
      System.out.println(problem);
      return new Resolved(List.of(), problem);
    }
    List<Path> jars =
        Pattern.compile(File.pathSeparator)
            .splitAsStream(Files.readString(list).strip())
            .map(Path::of)
            .toList();
    return new Resolved(jars, null);
  }

  private List<String> command(Path list) {
    List<String> command = maven("-q", "-f", System.getProperty("compatibility.class-path"));
    if (services) {
      command.add("-Pservices");
    }
    Map<String, String> all = new TreeMap<>(versions);
    OF_THIS_BUILD.forEach(property -> all.putIfAbsent(property, System.getProperty(property)));
    all.forEach((property, version) -> command.add("-D" + property + "=" + version));
    command.add("org.apache.maven.plugins:maven-dependency-plugin:build-classpath");
    command.add("-Dmdep.outputFile=" + list);
    return command;
  }

  /** Returns a command that runs Maven with the repository and settings of this build. */
  static List<String> maven(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
    command.add("-B");
    command.add("-Dmaven.repo.local=" + System.getProperty("maven.repo.local"));
    if ("offline=true".equals(System.getProperty("maven.offline"))) {
      command.add("-o");
    }
    Path settings = Path.of(System.getProperty("maven.settings").replaceFirst("^file=", ""));
    if (Files.exists(settings)) {
      command.addAll(List.of("-s", settings.toString()));
    }
    command.addAll(List.of(arguments));
    return command;
  }

  private static String firstError(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .filter(line -> line.contains("ERROR"))
        .findFirst()
        .orElse("Maven did not end within 10 minutes");
  }

  /** Returns whether one of its jars has a class. */
  boolean has(String className) throws IOException, InterruptedException {
    for (Path path : jars()) {
      try (JarFile jar = new JarFile(path.toFile())) {
        if (jar.getEntry(className.replace('.', '/') + ".class") != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns its name in letters that files and tables may have. */
  String fileName() {
    return name.replaceAll("[^A-Za-z0-9.]+", "-");
  }

  /** Returns the file that something of it goes to. */
  Path file(String ending) {
    return Path.of(System.getProperty("compatibility.target"), fileName() + ending);
  }

  @Override
  public String toString() {
    return name;
  }
}
