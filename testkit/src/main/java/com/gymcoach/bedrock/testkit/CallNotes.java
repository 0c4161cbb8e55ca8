package com.gymcoach.bedrock.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The recorded calls of one test, or of one class outside its tests. Thread-safe. */
final class CallNotes {
  private static final long MAX_WAIT_MILLIS = 5_000;

  private final String test;
  private final List<String> problems = new ArrayList<>();
  private int underWay;

  /**
   * Creates the notes of a test.
   *
   * @param test such as {@code CoachTest#squats}, as Maven selects it
   */
  CallNotes(String test) {
    this.test = test;
  }

  String test() {
    return test;
  }

  synchronized void begun() {
    underWay++;
  }

  synchronized void ended() {
    underWay--;
    notifyAll();
  }

  synchronized void problem(String text) {
    problems.add(text);
  }

  /**
   * Returns what the test must fail for. Waits for calls that are just ending, but not for those
   * that the test has left behind.
   */
  synchronized List<String> problems() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_WAIT_MILLIS);
    long left = MAX_WAIT_MILLIS;
    while (underWay > 0 && left > 0) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
    return List.copyOf(problems);
  }
}
