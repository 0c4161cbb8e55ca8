package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;

/**
 * One look-up, of one or more entries of a partition: builds the request to DynamoDB and interprets
 * the reply.
 */
final class LookUp {
  /**
   * The envelope of an item without one: no valid envelope is empty, so it is treated as corrupt.
   */
  private static final byte[] BROKEN = {};

  private final TableLayout layout;
  private final String endpoint;
  private final Map<String, AttributeValue> markers;

  private final List<StoreQuery> queries;

  /** Null if no query asks for it. */
  private final @Nullable Map<String, AttributeValue> namespace;

  /** The keys of all items that are requested. */
  private final Set<Map<String, AttributeValue>> keys = new LinkedHashSet<>();

  /** Creates a look-up of queries that differ in the keys of their entries alone. */
  LookUp(TableLayout layout, List<StoreQuery> queries) {
    EntryAddress address = queries.get(0).address();
    this.layout = layout;
    this.queries = queries;
    this.endpoint = address.endpoint();
    this.markers = layout.markersKey(address.partition());
    this.namespace =
        queries.stream().anyMatch(StoreQuery::withNamespaceMarker)
            ? layout.namespaceKey(address.partition().namespace())
            : null;
    keys.add(markers);
    for (StoreQuery query : queries) {
      if (query.withEntry()) {
        keys.add(layout.entryKey(query.address()));
      }
    }
    if (namespace != null) {
      keys.add(namespace);
    }
  }

  BatchGetItemRequest request(AwsRequestOverrideConfiguration once) {
    KeysAndAttributes items =
        KeysAndAttributes.builder()
            .keys(keys)
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
   * @param reads the result of each query
   * @param trouble why the reply counts as a failure of the table, or null if it does not. A reply
   *     with a successful status can still be incomplete: DynamoDB leaves keys unprocessed when it
   *     throttles them
   */
  record Found(List<StoreRead> reads, @Nullable Throwable trouble) {}

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
    Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items = new HashMap<>();
    for (List<Map<String, AttributeValue>> some : response.responses().values()) {
      for (Map<String, AttributeValue> item : some) {
        items.put(layout.keyOf(item), item);
      }
    }
    if (!keys.containsAll(items.keySet()) || !keys.containsAll(unread)) {
      throw new IllegalStateException("DynamoDB replied with items that were not asked for");
    }
    List<StoreRead> reads = new ArrayList<>();
    for (StoreQuery query : queries) {
      reads.add(read(query, items, unread));
    }
    return new Found(reads, unread.isEmpty() ? null : new UnprocessedKeysException());
  }

  private StoreRead read(
      StoreQuery query,
      Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items,
      Set<Map<String, AttributeValue>> unread) {
    Map<String, AttributeValue> entry = query.withEntry() ? layout.entryKey(query.address()) : null;
    boolean withNamespace = query.withNamespaceMarker();
    return new StoreRead(
        entry == null ? null : envelope(items.get(entry)),
        markers(items, unread, withNamespace),
        entry != null && unread.contains(entry),
        withNamespace ? settings(items, unread) : null);
  }

  private byte @Nullable [] envelope(@Nullable Map<String, AttributeValue> item) {
    if (item == null) {
      return null;
    }
    AttributeValue body = item.get(layout.names().body());
    return body == null || body.b() == null ? BROKEN : body.b().asByteArrayUnsafe();
  }

  /** Returns null if a requested marker was not read or is malformed: unknown, never NONE. */
  private @Nullable Markers markers(
      Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items,
      Set<Map<String, AttributeValue>> unread,
      boolean withNamespace) {
    if (unread.contains(markers) || (withNamespace && unread.contains(namespace))) {
      return null;
    }
    Map<String, AttributeValue> item = items.get(markers);
    try {
      return new Markers(
          TableLayout.marker(item, null),
          TableLayout.marker(item, endpoint),
          withNamespace ? TableLayout.marker(items.get(namespace), null) : null);
    } catch (IllegalStateException notMarkers) { // reported as MARKERS_UNKNOWN
      return null;
    }
  }

  /** Returns null if the namespace's item was not requested or not read, or is malformed. */
  private @Nullable String settings(
      Map<Map<String, AttributeValue>, Map<String, AttributeValue>> items,
      Set<Map<String, AttributeValue>> unread) {
    if (namespace == null || unread.contains(namespace)) {
      return null;
    }
    try {
      return NamespaceItem.settings(items.get(namespace));
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
}
