package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
  static final byte[] BROKEN = {};

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
   * @param trouble why the reply counts as a failure of the table, or null if it does not
   * @param heads the heads found of large entries whose parts are still to be read, by the place of
   *     their query. Their results have no envelope yet
   */
  record Found(List<StoreRead> reads, @Nullable Throwable trouble, Map<Integer, EntryHead> heads) {}

  /**
   * Returns the content of the reply.
   *
   * @throws IllegalStateException if it is the reply to another request
   */
  Found found(BatchGetItemResponse response) {
    BatchReply reply = BatchReply.of(layout, keys, response);
    List<StoreRead> reads = new ArrayList<>();
    Map<Integer, EntryHead> heads = new TreeMap<>();
    for (StoreQuery query : queries) {
      Map<String, AttributeValue> entry =
          query.withEntry() ? layout.entryKey(query.address()) : null;
      Map<String, AttributeValue> item = entry == null ? null : reply.items().get(entry);
      AttributeValue body = item == null ? null : item.get(layout.names().body());
      EntryHead head = layout.parts().head(body);
      if (head != null) {
        heads.put(reads.size(), head);
      }
      boolean withNamespace = query.withNamespaceMarker();
      reads.add(
          new StoreRead(
              item == null || head != null ? null : envelope(body),
              markers(reply, withNamespace),
              entry != null && reply.unread().contains(entry),
              withNamespace ? settings(reply) : null));
    }
    return new Found(reads, reply.trouble(), heads);
  }

  private static byte[] envelope(@Nullable AttributeValue body) {
    return body == null || body.b() == null ? BROKEN : body.b().asByteArrayUnsafe();
  }

  /** Returns null if a requested marker was not read or is malformed: unknown, never NONE. */
  private @Nullable Markers markers(BatchReply reply, boolean withNamespace) {
    if (reply.unread().contains(markers) || (withNamespace && reply.unread().contains(namespace))) {
      return null;
    }
    Map<String, AttributeValue> item = reply.items().get(markers);
    try {
      return new Markers(
          TableLayout.marker(item, null),
          TableLayout.marker(item, endpoint),
          withNamespace ? TableLayout.marker(reply.items().get(namespace), null) : null);
    } catch (IllegalStateException notMarkers) { // reported as MARKERS_UNKNOWN
      return null;
    }
  }

  /** Returns null if the namespace's item was not requested or not read, or is malformed. */
  private @Nullable String settings(BatchReply reply) {
    if (namespace == null || reply.unread().contains(namespace)) {
      return null;
    }
    try {
      return NamespaceItem.settings(reply.items().get(namespace));
    } catch (IllegalStateException notText) { // reported by the read in the background
      return null;
    }
  }
}
