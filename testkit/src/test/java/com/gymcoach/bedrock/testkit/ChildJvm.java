package com.gymcoach.bedrock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A second JVM with this one's class path. Its output is read line by line. */
final class ChildJvm implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;

  private ChildJvm(Process process) {
    this.process = process;
    this.said = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
  }

  /** Starts a main class; {@code environment} is added to this process's, null values removed. */
  static ChildJvm start(Class<?> main, Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx256m", "-Dsun.net.httpserver.nodelay=true"));
    for (String argument : arguments) {
      if (argument.startsWith("-D")) {
        command.add(argument);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (String argument : arguments) {
      if (!argument.startsWith("-D")) {
        command.add(argument);
      }
    }
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeAll(RecordingMode.CI_WITHOUT_CI);
    builder.environment().keySet().removeIf(name -> name.startsWith("AWS_") || name.equals("CI"));
    builder.environment().putAll(environment);
    return new ChildJvm(builder.start());
  }

  /** Waits for a line, and fails with all that came if the process ends before. */
  void await(String line) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String next = said.readLine(); next != null; next = said.readLine()) {
      lines.add(next);
      if (next.equals(line)) {
        return;
      }
    }
    throw new AssertionError("The process ended: " + String.join("\n", lines));
  }

  /** Tells the process to continue. */
  void tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(UTF_8));
    process.getOutputStream().flush();
  }

  /** Returns all that the process has said and not been asked for, when it has ended. */
  String rest() throws IOException, InterruptedException {
    StringBuilder rest = new StringBuilder();
    for (String next = said.readLine(); next != null; next = said.readLine()) {
      rest.append(next).append('\n');
    }
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new AssertionError("The process does not end");
    }
    return rest.toString();
  }

  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
