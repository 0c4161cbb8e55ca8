package com.gymcoach.bedrock.examples.replay;

import java.io.PrintStream;
import java.util.Locale;

/** A bar on one line, where there is a terminal to draw it on; else a line at each tenth. */
final class Progress {
  private static final int WIDTH = 40;

  private final PrintStream out;
  private final boolean terminal;
  private final long all;
  private long done;
  private int drawn = -1;

  Progress(PrintStream out, boolean terminal, long all) {
    this.out = out;
    this.terminal = terminal;
    this.all = all;
  }

  /** One more is done. */
  void step() {
    done++;
    int filled = (int) (done * WIDTH / all);
    if (filled == drawn || (!terminal && filled % (WIDTH / 10) != 0)) {
      return;
    }
    drawn = filled;
    String bar = "#".repeat(filled) + ".".repeat(WIDTH - filled);
    String line =
        String.format(
            Locale.ROOT, "[%s] %3d %%, %,d of %,d calls", bar, done * 100 / all, done, all);
    if (terminal) {
      out.print("\r" + line + (done == all ? System.lineSeparator() : ""));
    } else {
      out.println(line);
    }
    out.flush();
  }
}
