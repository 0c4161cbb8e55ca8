package com.gymcoach.bedrock.examples.replay;

/**
 * Thrown for a line that is not a call. The message says what is wrong and quotes nothing of the
 * line.
 */
final class BadLineException extends Exception {
  private static final long serialVersionUID = 1;

  /** The message, never null. */
  final String fault;

  BadLineException(String fault) {
    super(fault, null, false, false); // only reported: its stack trace is not needed
    this.fault = fault;
  }
}
