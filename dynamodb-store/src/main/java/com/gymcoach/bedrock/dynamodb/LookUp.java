package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/** One look-up: builds the request to DynamoDB and interprets the reply. */
final class LookUp {
  /**
   * The envelope of an item without one: no valid envelope is empty, so it is treated as corrupt.
   */
  private static final byte[] BROKEN = {};

  private final TableLayout layout;
  private final String endpoint;
  private final Map<String, AttributeValue> markers;

  /** The keys below are null if they are not requested. */
  private final @Nullable Map<String, AttributeValue> entry;

  private final @Nullable Map<String, AttributeValue> namespace;

  LookUp(TableLayout layout, StoreQuery query) {
    EntryAddress address = query.address();
    this.layout = layout;
    this.endpoint = address.endpoint();
    this.markers = layout.markersKey(address.partition());
    this.entry = query.withEntry() ? layout.entryKey(address) : null;
    this.namespace =
        query.withNamespaceMarker() ? layout.namespaceKey(address.partition().namespace()) : null;
  }

  BatchGetItemRequest request(AwsRequestOverrideConfiguration once) {
    KeysAndAttributes items =
        KeysAndAttributes.builder()
            .keys(keys())
            .consistentRead(true)
            .projectionExpression("#p, #s, #b, #m, #e, #c")
            .expressionAttributeNames(
                Map.of(
                    "#p", layout.names().pk(),
                    "#s", layout.names().sk(),
                    "#b", layout.names().body(),
                    "#m", TableLayout.markerOf(null),
                    "#e", TableLayout.markerOf(endpoint),
                    "#c", TableLayout.SETTINGS))
            .build();
    return BatchGetItemRequest.builder()
        .requestItems(Map.of(layout.table(), items))
        .overrideConfiguration(once)
        .build();
  }

  /**
   * The content of a reply.
   *
   * @param trouble why the reply counts as a failure of the table, or null if it does not. A reply
   *     with a successful status can still be incomplete: DynamoDB leaves keys unprocessed when it
   *     throttles them
   */
  record Found(StoreRead read, @Nullable Throwable trouble) {}

  /**
   * Returns the content of the reply.
   *
   * @throws IllegalStateException if it is the reply to another request, which can happen on a
   *     connection whose previous request was aborted. An item absent from such a reply is not
   *     known to be absent
   */
  Found found(BatchGetItemResponse response) {
    Set<Map<String, AttributeValue>> unread = new HashSet<>();
    response.unprocessedKeys().values().forEach(left -> unread.addAll(left.keys()));
    List<Map<String, AttributeValue>> items = new ArrayList<>();
    response.responses().values().forEach(items::addAll);
    if (!items.stream().allMatch(this::isAskedFor) || !unread.stream().allMatch(this::isAskedFor)) {
      throw new IllegalStateException("DynamoDB replied with items that were not asked for");
    }
    boolean entryUnread = entry != null && unread.contains(entry);
    return new Found(
        new StoreRead(
            envelope(items), markers(items, unread), entryUnread, settings(items, unread)),
        unread.isEmpty() ? null : new UnprocessedKeysException());
  }

  private List<Map<String, AttributeValue>> keys() {
    List<Map<String, AttributeValue>> keys = new ArrayList<>(List.of(markers));
    if (entry != null) {
      keys.add(entry);
    }
    if (namespace != null) {
      keys.add(namespace);
    }
    return keys;
  }

  private boolean isAskedFor(Map<String, AttributeValue> item) {
    return keys().stream().anyMatch(key -> layout.isAt(item, key));
  }

  private byte @Nullable [] envelope(List<Map<String, AttributeValue>> items) {
    Map<String, AttributeValue> item = item(items, entry);
    if (item == null) {
      return null;
    }
    AttributeValue body = item.get(layout.names().body());
    return body == null || body.b() == null ? BROKEN : body.b().asByteArrayUnsafe();
  }

  /** Returns null if a requested marker was not read or is malformed: unknown, never NONE. */
  private @Nullable Markers markers(
      List<Map<String, AttributeValue>> items, Set<Map<String, AttributeValue>> unread) {
    if (unread.contains(markers) || (namespace != null && unread.contains(namespace))) {
      return null;
    }
    Map<String, AttributeValue> item = item(items, markers);
    try {
      return new Markers(
          TableLayout.marker(item, null),
          TableLayout.marker(item, endpoint),
          namespace == null ? null : TableLayout.marker(item(items, namespace), null));
    } catch (IllegalStateException notMarkers) { // reported as MARKERS_UNKNOWN
      return null;
    }
  }

  /** Returns null if the namespace's item was not requested or not read, or is malformed. */
  private @Nullable String settings(
      List<Map<String, AttributeValue>> items, Set<Map<String, AttributeValue>> unread) {
    if (namespace == null || unread.contains(namespace)) {
      return null;
    }
    try {
      return NamespaceItem.settings(item(items, namespace));
    } catch (IllegalStateException notText) { // reported by the read in the background
      return null;
    }
  }

  /** Represents a reply with unprocessed keys. The log shows this class's name. */
  private static final class UnprocessedKeysException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnprocessedKeysException() {
      super("DynamoDB left keys of a look-up unprocessed", null, false, false);
    }
  }

  private @Nullable Map<String, AttributeValue> item(
      List<Map<String, AttributeValue>> items, @Nullable Map<String, AttributeValue> key) {
    if (key != null) {
      for (Map<String, AttributeValue> item : items) {
        if (layout.isAt(item, key)) {
          return item;
        }
      }
    }
    return null;
  }
}
