package com.gymcoach.bedrock.examples.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Calls in order of time, with the origin of their repeats.
 *
 * @param name the name in the report
 * @param repeats how users and equal prompts were determined
 * @param badLines the report of skipped lines; empty if there are none
 */
record Trace(String name, String repeats, List<Ask> asks, String badLines) {
  /** Sorts synthetic calls, and makes their times relative to the first. */
  static Trace sorted(String name, String repeats, List<Ask> asks) {
    return sorted(name, repeats, asks, "");
  }

  /** Sorts calls, and makes their times relative to the first. */
  static Trace sorted(String name, String repeats, List<Ask> asks, String badLines) {
    List<Ask> inOrder = new ArrayList<>(asks);
    inOrder.sort(Comparator.comparingLong(Ask::millis));
    long first = inOrder.isEmpty() ? 0 : inOrder.get(0).millis();
    inOrder.replaceAll(ask -> ask.at(ask.millis() - first));
    return new Trace(name, repeats, List.copyOf(inOrder), badLines);
  }
}
