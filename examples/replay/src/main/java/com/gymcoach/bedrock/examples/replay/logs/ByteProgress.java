package com.gymcoach.bedrock.examples.replay.logs;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows how many bytes have been read and how long the rest will take: as a bar on a terminal, as a
 * line for each tenth elsewhere. Not thread-safe.
 */
final class ByteProgress {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 200_000_000;
  private static final double MEGA = 1e6;

  private final PrintStream out;
  private final boolean isTerminal;
  private final long all;
  private final LongSupplier nanoTime;
  private final long begin;
  private long done;
  private long drawnAt;
  private long drawnTenths;

  ByteProgress(PrintStream out, boolean isTerminal, long all, LongSupplier nanoTime) {
    this.out = out;
    this.isTerminal = isTerminal;
    this.all = Math.max(1, all);
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
    this.drawnAt = begin - REDRAW_NANOS;
  }

  /** Advances by some bytes. */
  void add(long bytes) {
    done = Math.min(all, done + bytes);
    long now = nanoTime.getAsLong();
    if (isTerminal && now - drawnAt >= REDRAW_NANOS) {
      drawnAt = now;
      bar(now);
    } else if (!isTerminal && done * 10 / all > drawnTenths) {
      drawnTenths = done * 10 / all;
      out.println(state(now));
    }
  }

  /** Draws the bar once more and leaves its line. */
  void end() {
    if (isTerminal) {
      bar(nanoTime.getAsLong());
      out.println();
    }
  }

  private void bar(long now) {
    int filled = (int) (done * WIDTH / all);
    out.printf(
        Locale.ROOT, "\r[%s%s] %s  ", "#".repeat(filled), ".".repeat(WIDTH - filled), state(now));
    out.flush();
  }

  private String state(long now) {
    double seconds = (now - begin) / 1e9;
    long left = done == 0 ? 0 : Math.round(seconds * (all - done) / done);
    return String.format(
        Locale.ROOT,
        "%3d %%, %,.0f of %,.0f MB, %d:%02d left",
        done * 100 / all,
        done / MEGA,
        all / MEGA,
        left / 60,
        left % 60);
  }
}
