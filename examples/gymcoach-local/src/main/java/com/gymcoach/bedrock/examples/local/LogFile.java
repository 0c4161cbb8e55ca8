package com.gymcoach.bedrock.examples.local;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file for what the function logs to standard output: its lines of up to 800 characters would
 * hide what the twin says. Standard output is the whole JVM's, so there is one at a time.
 */
final class LogFile implements AutoCloseable {
  private final Path path;
  private final PrintStream before;
  private final PrintStream file;

  private LogFile(Path path, PrintStream before, PrintStream file) {
    this.path = path;
    this.before = before;
    this.file = file;
  }

  /** Sends standard output to a new file of the system's folder for temporary files. */
  static LogFile open() {
    try {
      Path path = Files.createTempFile("gymcoach-local-", ".log");
      PrintStream file = new PrintStream(Files.newOutputStream(path), true, StandardCharsets.UTF_8);
      LogFile log = new LogFile(path, System.out, file);
      System.setOut(file);
      return log;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path path() {
    return path;
  }

  /** Restores standard output. */
  @Override
  public void close() {
    System.setOut(before);
    file.close();
  }
}
