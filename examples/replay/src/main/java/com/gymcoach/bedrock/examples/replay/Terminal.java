package com.gymcoach.bedrock.examples.replay;

import java.io.Console;

/** Tells whether standard output is a terminal. */
public final class Terminal {
  private Terminal() {}

  /** Returns whether standard output is a terminal, not a pipe, a file or a CI log. */
  @SuppressWarnings("SystemConsoleNull") // relied on only before Java 22
  public static boolean isOutput() {
    Console console = System.console();
    if (console == null || Runtime.version().feature() < 22) {
      return console != null;
    }
    try { // since Java 22 a console may have no terminal; a new method tells
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException e) {
      return false; // better no bar than one in a log
    }
  }
}
