package com.gymcoach.bedrock.examples.replay;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A progress bar on one line of a terminal. Draws nothing without a terminal: it would clutter a
 * log.
 */
final class Progress {
  private static final int WIDTH = 40;

  private final @Nullable PrintStream terminal;
  private final long all;
  private long done;
  private int drawn = -1;

  Progress(@Nullable PrintStream terminal, long all) {
    this.terminal = terminal;
    this.all = all;
  }

  /** Advances by one call. */
  void step() {
    done++;
    int filled = (int) (done * WIDTH / all);
    if (terminal == null || filled == drawn) {
      return;
    }
    drawn = filled;
    terminal.printf(
        Locale.ROOT,
        "\r[%s] %3d %%, %,d of %,d calls%s",
        "#".repeat(filled) + ".".repeat(WIDTH - filled),
        done * 100 / all,
        done,
        all,
        done == all ? System.lineSeparator() : "");
    terminal.flush();
  }
}
