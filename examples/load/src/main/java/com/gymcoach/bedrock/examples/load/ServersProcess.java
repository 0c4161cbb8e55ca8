package com.gymcoach.bedrock.examples.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** {@link Servers} in a process of their own, which ends with this one. Thread-safe. */
final class ServersProcess implements AutoCloseable {
  private static final String NATIVES = "sqlite4java.library.path";

  /** The number of requests received. */
  record Counts(long bedrock, long dynamoDb) {}

  private final Process process;
  private final BufferedReader said;
  private final PrintStream commands;
  private final URI bedrock;
  private final URI dynamoDb;
  private final URI cloudWatch;

  private ServersProcess(Process process) throws IOException {
    this.process = process;
    this.said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    String[] where = line().split(" ", -1);
    this.bedrock = URI.create(where[0]);
    this.dynamoDb = URI.create(where[1]);
    this.cloudWatch = URI.create(where[2]);
  }

  /** Starts the servers, which takes some seconds. */
  static ServersProcess start() {
    try {
      return new ServersProcess(
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-Xmx512m",
                  "-D" + NATIVES + "=" + System.getProperty(NATIVES, ""),
                  // else the server drops connections that the SDK's clients consider usable
                  "-Dsun.net.httpserver.idleInterval=3600",
                  "-Dsun.net.httpserver.maxIdleConnections=2000",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Servers.class.getName())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  URI bedrock() {
    return bedrock;
  }

  URI dynamoDb() {
    return dynamoDb;
  }

  URI cloudWatch() {
    return cloudWatch;
  }

  /** Sends a command to {@link Servers} and waits until it is done. Returns the answer. */
  synchronized String command(String command) {
    commands.println(command);
    try {
      return line();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the number of requests received so far. */
  Counts counts() {
    String[] counts = command("counts").split(" ", -1);
    return new Counts(Long.parseLong(counts[0]), Long.parseLong(counts[1]));
  }

  private String line() throws IOException {
    String line = said.readLine();
    if (line == null) {
      throw new IOException("The servers' process has ended; it has said why above");
    }
    return line;
  }

  @Override
  public void close() {
    commands.println("end");
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
