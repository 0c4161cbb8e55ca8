package com.gymcoach.bedrock.dynamodb;

/**
 * What an erasure has come to.
 *
 * @param deleted how many entries it deleted
 * @param left how many it left, as a strongly consistent look afterwards found; -1 where it could
 *     not look
 */
public record ErasureReport(long deleted, long left) {

  /**
   * Returns whether entries were found and none of them is left. If it is neither this nor {@link
   * #nothingFound()}, erase again: it goes on where this one stopped.
   */
  public boolean complete() {
    return left == 0 && deleted > 0;
  }

  /**
   * Returns whether the table held no entry of the scope. That is so after a complete erasure, and
   * when the entries have expired; but also when the user's id, the endpoint, the namespace, the
   * key prefix or the key secret is not the one that the cache has. Check them before you tell a
   * user that their data is gone.
   */
  public boolean nothingFound() {
    return left == 0 && deleted == 0;
  }

  /** For people: says what was found, and never "complete" of nothing. */
  @Override
  public String toString() {
    String state = nothingFound() ? "nothing found" : complete() ? "complete" : "not complete";
    return "ErasureReport[" + state + ", deleted=" + deleted + ", left=" + left + "]";
  }
}
