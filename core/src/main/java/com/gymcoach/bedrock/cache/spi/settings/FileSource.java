package com.gymcoach.bedrock.cache.spi.settings;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads settings from a file. */
record FileSource(Path file) implements SettingsSource {
  @Override
  public String read() throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return BoundedText.of(in);
    } catch (NoSuchFileException none) { // an operator removes the file to end its settings
      return "";
    }
  }
}
