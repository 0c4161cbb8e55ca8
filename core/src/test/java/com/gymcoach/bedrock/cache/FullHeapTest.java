package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More answers than the heap holds. */
class FullHeapTest {
  private static final Pattern SAID =
      Pattern.compile("misses (\\d+) entries (\\d+) bytes (\\d+) of (\\d+)\\s*");

  @Test
  @Timeout(300)
  void answers_whenTheyWouldFillTheHeap_areEvicted() throws Exception {
    int answers = 100_000;
    int streams = 5_000;
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError", // the cache survives it unseen
                "-cp",
                System.getProperty("java.class.path"),
                ManyAnswersProcess.class.getName(),
                Integer.toString(answers),
                Integer.toString(streams))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(said).isZero();
    Matcher matcher = SAID.matcher(said);
    assertThat(matcher.matches()).as(said).isTrue();
    MatchResult figures = matcher.toMatchResult();
    assertThat(figure(figures, 1)).isEqualTo(answers + streams);
    assertThat(figure(figures, 2)).isBetween(1_000L, 50_000L);
    assertThat(figure(figures, 3)).isBetween(1L, figure(figures, 4));
  }

  private static long figure(MatchResult figures, int group) {
    return Long.parseLong(figures.group(group));
  }
}
