package com.gymcoach.bedrock.examples.replay.logs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Counts the lines and files that could not be used, and names the place of the first ones. */
final class Faults {
  private static final int MAX_NAMED = 20;

  private final Map<String, Long> byKind = new TreeMap<>();
  private final List<String> first = new ArrayList<>();
  private long count;
  private long lines;

  /** Counts a line, good or bad. */
  void line() {
    lines++;
  }

  void add(Path file, long line, String fault) {
    count++;
    byKind.merge(fault, 1L, Long::sum);
    if (first.size() < MAX_NAMED) {
      first.add(file + ", line " + line + ": " + fault);
    }
  }

  long count() {
    return count;
  }

  long lines() {
    return lines;
  }

  /** Returns how often each fault occurred, then where the first ones are. */
  List<String> report() {
    List<String> report = new ArrayList<>();
    byKind.forEach(
        (fault, times) -> report.add(String.format(Locale.ROOT, "%,d: %s", times, fault)));
    report.addAll(first);
    if (count > first.size()) {
      report.add(String.format(Locale.ROOT, "%,d more", count - first.size()));
    }
    return report;
  }
}
