package com.gymcoach.bedrock.compatibility;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Assumptions;

/**
 * A Maven project as a user begins one: without a parent, and with no version managed except those
 * that its POM names. Maven resolves its class path; the JDK compiles and runs its code.
 */
final class FreshProject {
  private static final Pattern XML = Pattern.compile("(?s)```xml\\n(.*?)```");
  private static final Path TARGET = Path.of(System.getProperty("compatibility.target"));

  private final Path folder;
  private final List<Path> jars;

  private FreshProject(Path folder, List<Path> jars) {
    this.folder = folder;
    this.jars = jars;
  }

  /**
   * Writes a project and resolves its class path. Skips the running test if Maven cannot resolve a
   * library of others; a module of this library must resolve.
   *
   * @param pom the elements of the POM after its coordinates
   */
  static FreshProject create(String name, String pom) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(TARGET.resolve("fresh").resolve(name));
    Files.writeString(
        folder.resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>org.example</groupId>
          <artifactId>service</artifactId>
          <version>1</version>
        %s
        </project>
        """
            .formatted(pom));
    Path list = folder.resolve("class-path");
    Files.deleteIfExists(list);
    Path repository = LocalRepository.in(TARGET.resolve("repository"));
    List<String> command =
        ClassPath.maven(
            "-q",
            "-f",
            folder.resolve("pom.xml").toString(),
            "-Dmaven.repo.local=" + repository,
            "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath",
            "-Dmdep.outputFile=" + list);
    Path log = folder.resolve("maven.log");
    if (run(command, log) != 0) {
      String errors =
          Files.readAllLines(log).stream()
              .filter(line -> line.contains("ERROR"))
              .collect(Collectors.joining("\n"));
      String problem = "the fresh project \"" + name + "\" cannot be resolved: " + errors;
      if (errors.contains("com.gymcoach.bedrock")) {
        throw new AssertionError(problem);
      }
      System.out.println("SKIPPED: " + problem);
      Assumptions.abort(problem);
    }
    List<Path> jars =
        Pattern.compile(File.pathSeparator)
            .splitAsStream(Files.readString(list).strip())
            .map(Path::of)
            .toList();
    return new FreshProject(folder, jars);
  }

  /** Returns the first XML of a page, a path from the root of the repository. */
  static String snippet(String page) throws IOException {
    Matcher xml = XML.matcher(Files.readString(Path.of("..", page)));
    if (!xml.find()) {
      throw new AssertionError(page + " shows no XML");
    }
    return xml.group(1);
  }

  /** Returns the version that a library has on the class path, or "none". */
  String versionOf(String artifact) {
    Pattern name = Pattern.compile(Pattern.quote(artifact) + "-(\\d.*)\\.jar");
    return jars.stream()
        .map(jar -> name.matcher(jar.getFileName().toString()))
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .findFirst()
        .orElse("none");
  }

  /** Compiles sources against the project's class path and further jars behind it. */
  FreshProject compile(List<Path> sources, List<Path> more) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-d", classes.toString(), "-cp", classPath(more), "-proc:none", "-parameters");
      boolean compiled =
          compiler
              .getTask(
                  messages, files, null, options, null, files.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        throw new AssertionError(messages.toString());
      }
    }
    return this;
  }

  /**
   * Runs a class on the project's class path and further jars behind it. It must end well.
   *
   * @param options of the JVM, further to a region and credentials
   * @return the lines that it printed
   */
  List<String> run(List<String> options, String main, List<Path> more, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1")); // it is short-lived
    command.addAll(List.of("-Daws.region=us-east-1", "-Daws.accessKeyId=key"));
    command.add("-Daws.secretAccessKey=secret");
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(more), main));
    command.addAll(List.of(arguments));
    Path log = folder.resolve(main + ".log");
    int exit = run(command, log);
    List<String> lines = Files.readAllLines(log);
    if (exit != 0) {
      throw new AssertionError(main + " failed:\n" + String.join("\n", lines));
    }
    return lines;
  }

  private String classPath(List<Path> more) {
    return Stream.of(List.of(folder.resolve("classes")), jars, more)
        .flatMap(List::stream)
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static int run(List<String> command, Path log) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(10, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("Did not end within 10 minutes: " + log);
    }
    return process.exitValue();
  }
}
