package com.gymcoach.bedrock.compatibility;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs {@link Program} in another JVM, on another class path. */
final class ChildJvm {
  private ChildJvm() {}

  /**
   * The output of the program.
   *
   * @param lines its own lines on standard output
   * @param log its standard error
   */
  record Said(List<String> lines, String log) {}

  /** Runs the program with the library's jars in front of others; it must end well. */
  static Said run(ClassPath classPath, String... arguments)
      throws IOException, InterruptedException {
    List<Path> all = new ArrayList<>();
    all.add(Jars.sourceOf(Program.class));
    all.addAll(Jars.library(classPath.services()));
    all.addAll(classPath.jars());
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:TieredStopAtLevel=1")); // it is short-lived
    command.addAll(List.of("-Dsun.net.httpserver.nodelay=true", "-cp"));
    command.add(all.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(Program.class.getName());
    command.addAll(List.of(arguments));
    Path out = classPath.file(".out");
    Path log = classPath.file(".err");
    Process child =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(log.toFile())
            .start();
    if (!child.waitFor(10, TimeUnit.MINUTES)) {
      child.destroyForcibly();
      throw new AssertionError("The program did not end within 10 minutes: " + log);
    }
    List<String> lines =
        Files.readAllLines(out).stream()
            .filter(line -> line.startsWith(Program.PREFIX))
            .map(line -> line.substring(Program.PREFIX.length()))
            .toList();
    Said said = new Said(lines, Files.readString(log));
    if (child.exitValue() != 0) {
      throw new AssertionError("The program failed: " + said);
    }
    return said;
  }
}
