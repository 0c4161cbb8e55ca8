package com.gymcoach.bedrock.examples.replay.logs;

/** A line that is not a record of the log. The message never quotes the line. */
final class BadRecordException extends Exception {
  private static final long serialVersionUID = 1;

  BadRecordException(String fault) {
    super(fault, null, false, false); // there may be millions
  }

  String fault() {
    return String.valueOf(getMessage());
  }
}
