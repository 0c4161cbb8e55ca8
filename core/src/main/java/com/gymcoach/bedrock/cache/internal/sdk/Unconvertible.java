package com.gymcoach.bedrock.cache.internal.sdk;

/**
 * Thrown if the other form cannot hold an answer exactly. This is expected, so it has neither a
 * stack trace nor a message, which could quote the answer.
 */
final class Unconvertible extends Exception {
  private static final long serialVersionUID = 1L;

  Unconvertible() {
    super(null, null, false, false);
  }
}
