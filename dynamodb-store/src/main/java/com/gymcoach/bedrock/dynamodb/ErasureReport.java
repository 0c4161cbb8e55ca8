package com.gymcoach.bedrock.dynamodb;

/**
 * The result of an erasure.
 *
 * @param deleted the number of entries deleted
 * @param left the number of entries of which something is left, by a strongly consistent count
 *     afterwards; -1 if the count failed
 */
public record ErasureReport(long deleted, long left) {

  /**
   * Returns whether entries were found and none is left. If neither this nor {@link
   * #nothingFound()} is true, erase again: it continues where this one stopped.
   */
  public boolean complete() {
    return left == 0 && deleted > 0;
  }

  /**
   * Returns whether the table held no entry of the scope. This is true after a complete erasure and
   * when the entries have expired. It is also true if the user's id, the endpoint, the namespace,
   * the key prefix or the key secret differs from the cache's. Check them before you tell a user
   * that their data is gone.
   */
  public boolean nothingFound() {
    return left == 0 && deleted == 0;
  }

  /** Returns a text for people. It never says "complete" if nothing was found. */
  @Override
  public String toString() {
    String state = nothingFound() ? "nothing found" : complete() ? "complete" : "not complete";
    return "ErasureReport[" + state + ", deleted=" + deleted + ", left=" + left + "]";
  }
}
