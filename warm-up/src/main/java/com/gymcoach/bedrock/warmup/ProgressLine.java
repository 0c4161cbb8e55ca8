package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * Prints a line with a bar, the rate, the time left and the cost, at most once a second, each time
 * over the last one. The time left assumes that the rest goes as the lines so far. Not for two runs
 * at a time.
 */
public final class ProgressLine implements WarmUpListener {
  private static final int WIDTH = 30;
  private static final long EVERY = Duration.ofSeconds(1).toNanos();

  private final PrintStream out;
  private final TimeSource time;
  private boolean printed;
  private long last;
  private long from = -1;

  private ProgressLine(PrintStream out, TimeSource time) {
    this.out = Objects.requireNonNull(out, "out");
    this.time = time;
  }

  /** Returns a listener that prints to a stream, which stays open. */
  public static ProgressLine to(PrintStream out) {
    return to(out, TimeSource.system());
  }

  static ProgressLine to(PrintStream out, TimeSource time) {
    return new ProgressLine(out, time);
  }

  @Override
  public synchronized void progressed(WarmUpProgress progress) {
    if (from < 0) {
      from = Math.max(0, progress.ended() - 1); // lines of an earlier run took no time of this one
    }
    long now = time.nanoTime();
    if (printed && !progress.finished() && now - last < EVERY) {
      return;
    }
    printed = true;
    last = now;
    out.print('\r' + line(progress));
    if (progress.finished()) {
      out.println();
    }
    out.flush();
  }

  private String line(WarmUpProgress progress) {
    long lines = Math.max(1, progress.lines());
    int filled = (int) (Math.min(progress.ended(), lines) * WIDTH / lines);
    double seconds = progress.elapsed().toNanos() / 1e9;
    return String.format(
        Locale.ROOT,
        "[%s%s] %,d of %,d lines, %,d asked, %.2f/s of %.2f/s, %s left, %.4f USD  ",
        "#".repeat(filled),
        ".".repeat(WIDTH - filled),
        progress.ended(),
        progress.lines(),
        progress.asked(),
        seconds == 0 ? 0 : progress.asked() / seconds,
        progress.ratePerSecond(),
        left(progress, seconds),
        progress.usd() + progress.assumedUsd());
  }

  private String left(WarmUpProgress progress, double seconds) {
    long done = progress.ended() - from;
    if (progress.finished() || done <= 0) {
      return progress.finished() ? "0:00" : "?";
    }
    long left = Math.round(seconds * (progress.lines() - progress.ended()) / done);
    return String.format(Locale.ROOT, "%d:%02d", left / 60, left % 60);
  }
}
