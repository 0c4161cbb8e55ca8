package com.gymcoach.bedrock.fuzz;

import java.util.List;

/**
 * Code that reads input from outside, with what must hold for every input. Stateless, so that an
 * input that breaks a target breaks it again.
 */
public interface Target {

  /** Returns valid inputs, from which others are made. Each is accepted. */
  List<byte[]> seeds() throws Exception;

  /** Returns inputs that are nearly valid, from which others are made too. Each is refused. */
  default List<byte[]> nearMisses() throws Exception {
    return List.of();
  }

  /**
   * Tries an input. Any exception but a documented one, which this method catches, is a finding; so
   * is an {@link AssertionError}, which says what does not hold.
   *
   * @param input not to be changed
   * @return whether the code accepted the input, rather than refuse it as documented
   */
  boolean accepts(byte[] input) throws Exception;
}
