package com.gymcoach.bedrock.cache.sim;

/** Thrown when a promise of the library has been broken. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String what) {
    super(what);
  }
}
