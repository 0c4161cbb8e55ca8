package com.gymcoach.bedrock.dynamodb;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;

/**
 * The reply to a {@code BatchGetItem}.
 *
 * @param items the items that exist, by key
 * @param unread the keys that DynamoDB left unprocessed, as it does when it throttles them
 */
record BatchReply(
    Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items,
    Set<Map<String, AttributeValue>> unread) {

  /**
   * Returns the content of a reply.
   *
   * @param keys the keys that were requested
   * @throws IllegalStateException if it is the reply to another request, which can happen on a
   *     connection whose previous request was aborted. An item absent from such a reply is not
   *     known to be absent
   */
  static BatchReply of(
      TableLayout layout, Set<Map<String, AttributeValue>> keys, BatchGetItemResponse response) {
    Set<Map<String, AttributeValue>> unread = new HashSet<>();
    response.unprocessedKeys().values().forEach(left -> unread.addAll(left.keys()));
    Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items = new HashMap<>();
    for (List<Map<String, AttributeValue>> some : response.responses().values()) {
      for (Map<String, AttributeValue> item : some) {
        items.put(layout.keyOf(item), item);
      }
    }
    if (!keys.containsAll(items.keySet()) || !keys.containsAll(unread)) {
      throw new IllegalStateException("DynamoDB replied with items that were not asked for");
    }
    return new BatchReply(items, unread);
  }

  /**
   * Returns why the reply counts as a failure of the table, or null if it does not: it has a
   * successful status even if it is incomplete.
   */
  @Nullable Throwable trouble() {
    return unread.isEmpty() ? null : new UnprocessedKeysException();
  }

  /** Represents a reply with unprocessed keys. The log shows this class's name. */
  private static final class UnprocessedKeysException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnprocessedKeysException() {
      super("DynamoDB left keys of a look-up unprocessed", null, false, false);
    }
  }
}
