package com.gymcoach.bedrock.examples.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Counts the lines of a file and those skipped, and keeps the faults of the first ten. */
final class BadLines {
  private static final int MAX_NAMED = 10;

  private final List<String> first = new ArrayList<>();
  private long count;
  private long lines;

  /** Counts a line, good or bad. */
  void read() {
    lines++;
  }

  void add(long line, String fault) {
    count++;
    if (first.size() < MAX_NAMED) {
      first.add("  Line " + line + ": " + fault);
    }
  }

  /** Returns how many lines were skipped and why; an empty text if none were. */
  String report() {
    if (count == 0) {
      return "";
    }
    StringBuilder report = new StringBuilder();
    report.append(
        String.format(
            Locale.ROOT,
            "Left out: %,d bad line%s of %,d:%n",
            count,
            count == 1 ? "" : "s",
            lines));
    first.forEach(line -> report.append(line).append(System.lineSeparator()));
    if (count > first.size()) {
      report.append(String.format(Locale.ROOT, "  %,d more%n", count - first.size()));
    }
    return report.toString();
  }
}
