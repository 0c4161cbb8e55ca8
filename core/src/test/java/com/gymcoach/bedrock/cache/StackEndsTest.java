package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stack ends somewhere within a call: no caller waits for ever. */
class StackEndsTest {
  @TempDir Path folder;

  /**
   * Each call ends, with Bedrock's answer or the overflow, and so does each later call of the same
   * question.
   */
  @ParameterizedTest
  @CsvSource({
    "SYNC, false, 0",
    "ASYNC, false, 0",
    "STREAM, false, 0",
    "SYNC, true, 0",
    "ASYNC, true, 0",
    "STREAM, true, 0",
    "SYNC, false, 500",
    "ASYNC, true, 500",
    "STREAM, true, 500"
  })
  void call_whenTheStackEndsWithinIt_endsAndNobodyWhoAsksTheSameWaits(
      String kind, boolean store, int explains) throws Exception {
    Path said = folder.resolve("said");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StackEndsProcess.class.getName(),
                kind,
                Boolean.toString(store),
                Integer.toString(explains))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(said.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("has ended").isTrue();
      assertThat(Files.readString(said, UTF_8)).matches("asked [0-9]{2,}\\s*");
    } finally {
      process.destroyForcibly();
    }
  }
}
