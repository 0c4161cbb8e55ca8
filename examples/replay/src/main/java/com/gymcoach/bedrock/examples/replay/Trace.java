package com.gymcoach.bedrock.examples.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Calls in the order of time, and where their repeats come from.
 *
 * @param name its name in the report
 * @param repeats how it was decided which prompts are equal, and whose they are
 * @param badLines the report of lines that were left out; empty if there are none
 */
record Trace(String name, String repeats, List<Ask> asks, String badLines) {
  /** Puts made-up calls into their order, and counts their times from the first. */
  static Trace sorted(String name, String repeats, List<Ask> asks) {
    return sorted(name, repeats, asks, "");
  }

  /** Puts calls into their order, and counts their times from the first. */
  static Trace sorted(String name, String repeats, List<Ask> asks, String badLines) {
    List<Ask> inOrder = new ArrayList<>(asks);
    inOrder.sort(Comparator.comparingLong(Ask::millis));
    long first = inOrder.isEmpty() ? 0 : inOrder.get(0).millis();
    inOrder.replaceAll(ask -> ask.at(ask.millis() - first));
    return new Trace(name, repeats, List.copyOf(inOrder), badLines);
  }
}
