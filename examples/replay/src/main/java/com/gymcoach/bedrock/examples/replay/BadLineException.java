package com.gymcoach.bedrock.examples.replay;

/** Thrown for a line that is no call. It says what is wrong and quotes nothing of the line. */
final class BadLineException extends Exception {
  private static final long serialVersionUID = 1;

  /** The message, which is never null. */
  final String fault;

  BadLineException(String fault) {
    super(fault, null, false, false); // part of a report: its stack is not needed
    this.fault = fault;
  }
}
