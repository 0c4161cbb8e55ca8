package com.gymcoach.bedrock.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file for readers that read nothing else. Not thread-safe. */
public final class TemporaryFile {
  private final Path path;

  /** Creates a file, which is deleted when the process ends. */
  public TemporaryFile() {
    try {
      path = Files.createTempFile("fuzz", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    path.toFile().deleteOnExit();
  }

  /** Replaces the file's content. */
  public void write(byte[] content) throws IOException {
    Files.write(path, content);
  }

  /** Returns where it is. */
  public Path path() {
    return path;
  }
}
