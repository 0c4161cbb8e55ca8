package com.gymcoach.bedrock.examples.local;

/** The twin cannot start. The message is a sentence that says what to do. */
final class SetupException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SetupException(String message) {
    super(message);
  }
}
