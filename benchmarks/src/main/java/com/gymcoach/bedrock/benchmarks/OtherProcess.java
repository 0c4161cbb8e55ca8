package com.gymcoach.bedrock.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A server in a separate process, so that its work does not count in this one's processor time. It
 * prints its address in its first line, and ends with its input.
 */
final class OtherProcess implements AutoCloseable {
  private final Process process;
  private final URI endpoint;

  /** Starts a class as a program that is told to serve, with further arguments. */
  OtherProcess(Class<?> server, String... arguments) {
    try {
      List<String> command =
          new ArrayList<>(
              List.of(
                  System.getProperty("java.home") + "/bin/java",
                  "-Dsun.net.httpserver.nodelay=true",
                  "-cp",
                  System.getProperty("java.class.path"),
                  server.getName(),
                  "serve"));
      command.addAll(List.of(arguments));
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      String said =
          new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
              .readLine();
      if (said == null) {
        throw new IllegalStateException("The other process did not start");
      }
      endpoint = URI.create(said);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI endpoint() {
    return endpoint;
  }

  /** Returns the processor time that this process has taken, collector and compiler included. */
  static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
