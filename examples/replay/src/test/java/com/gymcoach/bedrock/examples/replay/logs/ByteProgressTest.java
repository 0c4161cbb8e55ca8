package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ByteProgressTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private long nanos;

  private ByteProgress progress(boolean isTerminal) {
    return new ByteProgress(
        new PrintStream(out, true, UTF_8), isTerminal, 200_000_000, () -> nanos);
  }

  private void read(ByteProgress progress) {
    for (int second = 1; second <= 20; second++) {
      nanos += 1_000_000_000L;
      progress.add(5_000_000);
      progress.add(5_000_000);
    }
    progress.end();
  }

  @Test
  void add_onATerminal_drawsBytesAndTheTimeLeftOnOneLine() {
    read(progress(true));

    String[] drawn = out.toString(UTF_8).split("\r", -1);
    assertThat(drawn).hasSize(22);
    assertThat(drawn[1]).startsWith("[" + ".".repeat(30) + "]   2 %, 5 of 200 MB, 0:39 left");
    assertThat(drawn[11]).contains("[###############...............]  52 %, 105 of 200 MB");
    assertThat(drawn[21])
        .contains("[" + "#".repeat(30) + "] 100 %, 200 of 200 MB, 0:00 left")
        .endsWith(System.lineSeparator());
  }

  @Test
  void add_whenAFileHasGrownSince_endsAtTheSizeThatItHad() {
    ByteProgress progress = progress(true);
    nanos += 1_000_000_000L;
    progress.add(300_000_000);
    progress.end();

    assertThat(out.toString(UTF_8))
        .contains("100 %, 200 of 200 MB, 0:00 left")
        .doesNotContain("300");
  }

  @Test
  void add_elsewhere_printsALineForEachTenth() {
    read(progress(false));

    assertThat(out.toString(UTF_8)).doesNotContain("\r", "#");
    assertThat(out.toString(UTF_8).lines())
        .hasSize(10)
        .first()
        .isEqualTo(" 10 %, 20 of 200 MB, 0:18 left");
  }
}
