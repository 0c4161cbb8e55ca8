package com.gymcoach.bedrock.dynamodb;

/**
 * What an erasure has come to.
 *
 * @param deleted how many entries it deleted
 * @param left how many it left, as a strongly consistent look afterwards found; -1 where it could
 *     not look
 */
public record ErasureReport(long deleted, long left) {

  /** Returns whether nothing is left. Otherwise erase again: it goes on where this one stopped. */
  public boolean complete() {
    return left == 0;
  }
}
