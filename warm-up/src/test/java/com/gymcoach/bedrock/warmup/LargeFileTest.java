package com.gymcoach.bedrock.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file is read in little memory, whatever its size. */
class LargeFileTest {
  private static final long BYTES = Long.getLong("warm-up.file.bytes", 200_000_000);
  private static final int LINE = 100_000;

  @TempDir Path folder;

  private Path file(int lines) throws IOException {
    Path file = folder.resolve("requests.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      for (int i = 0; i < lines; i++) {
        String question = i + " " + "squat ".repeat(LINE / 6);
        out.write((Requests.line(Requests.converse(question)) + "\n").getBytes(UTF_8));
      }
    }
    return file;
  }

  @Test
  void plan_ofAFileManyTimesTheHeap_readsAllOfIt() throws Exception {
    int lines = (int) (BYTES / LINE);
    Path file = file(lines);
    Process plan =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx40m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    PlanOfALargeFile.class.getName(),
                    file.toString()))
            .redirectErrorStream(true)
            .start();
    String said = new String(plan.getInputStream().readAllBytes(), UTF_8);
    assertThat(plan.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(said).contains("asked 0, to ask " + lines + " of " + lines);
  }
}
