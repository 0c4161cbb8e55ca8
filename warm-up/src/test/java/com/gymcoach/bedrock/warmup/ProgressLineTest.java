package com.gymcoach.bedrock.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ProgressLine line =
      ProgressLine.to(new PrintStream(bytes, true, StandardCharsets.UTF_8), time);

  private static WarmUpProgress progress(long ended, long seconds, boolean finished) {
    return new WarmUpProgress(
        100,
        ended,
        0,
        ended,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0.5,
        0.25,
        2,
        Duration.ofSeconds(seconds),
        finished);
  }

  private String printed() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void progressed_withinASecond_printsOnce() {
    line.progressed(progress(1, 1, false));
    assertThat(printed()).isNotEmpty();
    time.advance(Duration.ofMillis(999));
    line.progressed(progress(2, 2, false));
    assertThat(printed()).isEmpty();
    time.advance(Duration.ofMillis(1));
    line.progressed(progress(3, 2, false));
    assertThat(printed()).startsWith("\r").doesNotContain("\n");
  }

  @Test
  void progressed_inTheMiddle_showsBarRateTimeAndCost() {
    line.progressed(progress(1, 1, false));
    printed();
    time.advance(Duration.ofSeconds(1));
    line.progressed(progress(50, 100, false));
    assertThat(printed())
        .contains("[###############...............] 50 of 100 lines")
        .contains("0.50/s of 2.00/s, 1:40 left, 0.7500 USD");
  }

  @Test
  void progressed_afterAnEarlierRun_expectsTheTimeOfThisRunsLines() {
    line.progressed(progress(81, 10, false));
    assertThat(printed()).contains("3:10 left");
  }

  @Test
  void progressed_atTheEnd_printsAtOnceAndEndsTheLine() {
    line.progressed(progress(99, 10, false));
    printed();
    line.progressed(progress(100, 10, true));
    assertThat(printed()).contains("100 of 100", "0:00 left").endsWith(System.lineSeparator());
  }
}
