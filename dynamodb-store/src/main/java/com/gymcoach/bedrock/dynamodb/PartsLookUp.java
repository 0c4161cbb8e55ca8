package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Instant;
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
 * The second request of a look-up that has found heads of large entries: reads their parts.
 *
 * <p>The markers of the first request remain in force for the result: the look-up returns what was
 * valid when it began, as a look-up with one request does.
 */
final class PartsLookUp {
  /** The limit of {@code BatchGetItem}. */
  private static final int MAX_KEYS = 100;

  /** A reply of {@code BatchGetItem} has up to 16 MB; the rest is for keys and names. */
  private static final int MAX_TOGETHER_BYTES = 15 << 20;

  private final TableLayout layout;
  private final List<StoreQuery> queries;
  private final LookUp.Found first;

  /** The heads whose parts are requested. The others have no place in the request. */
  private final Map<Integer, EntryHead> requested = new TreeMap<>();

  /** The heads of entries that are not expired. TTL may have deleted parts of those that are. */
  private final Map<Integer, EntryHead> alive = new TreeMap<>();

  private final Set<Map<String, AttributeValue>> keys = new LinkedHashSet<>();

  PartsLookUp(TableLayout layout, List<StoreQuery> queries, LookUp.Found first, Instant now) {
    this.layout = layout;
    this.queries = queries;
    this.first = first;
    int bytes = 0;
    for (Map.Entry<Integer, EntryHead> each : first.heads().entrySet()) {
      EntryHead head = each.getValue();
      if (!head.retainUntil().isAfter(now)) {
        continue;
      }
      alive.put(each.getKey(), head);
      if (keys.size() + head.parts() <= MAX_KEYS && bytes + head.bytes() <= MAX_TOGETHER_BYTES) {
        bytes += head.bytes();
        requested.put(each.getKey(), head);
        keys.addAll(keysOf(each.getKey(), head));
      }
    }
  }

  /** Returns whether there are parts to be read. */
  boolean isNeeded() {
    return !requested.isEmpty();
  }

  /**
   * Returns the request. It is strongly consistent, as the first: a part that was written just now
   * must not seem to be missing. The price of that is far below the price of a call to Bedrock.
   */
  BatchGetItemRequest request(AwsRequestOverrideConfiguration once) {
    KeysAndAttributes items =
        KeysAndAttributes.builder()
            .keys(keys)
            .consistentRead(true)
            .projectionExpression("#p, #s, #b")
            .expressionAttributeNames(
                Map.of(
                    "#p", layout.names().pk(),
                    "#s", layout.names().sk(),
                    "#b", layout.names().body()))
            .build();
    return BatchGetItemRequest.builder()
        .requestItems(Map.of(layout.table(), items))
        .overrideConfiguration(once)
        .build();
  }

  /**
   * Returns the look-up's result with the entries joined. An entry is broken if a part is missing
   * or differs, and unread if DynamoDB left a part unprocessed.
   *
   * @throws IllegalStateException if it is the reply to another request
   */
  LookUp.Found found(BatchGetItemResponse response) {
    BatchReply reply = BatchReply.of(layout, keys, response);
    List<StoreRead> reads = withoutParts();
    requested.forEach((place, head) -> reads.set(place, read(place, head, reply)));
    return result(reads, reply.trouble());
  }

  /**
   * Returns the result if the parts were not read: large entries are unread.
   *
   * @param trouble why the table has failed, or null if it has not
   */
  LookUp.Found notRead(@Nullable Throwable trouble) {
    return result(withoutParts(), trouble);
  }

  private LookUp.Found result(List<StoreRead> reads, @Nullable Throwable trouble) {
    return new LookUp.Found(reads, first.trouble() != null ? first.trouble() : trouble, Map.of());
  }

  /** Returns the first request's results; large entries are unread, or absent if expired. */
  private List<StoreRead> withoutParts() {
    List<StoreRead> reads = new ArrayList<>(first.reads());
    alive
        .keySet()
        .forEach(
            place -> {
              StoreRead read = reads.get(place);
              reads.set(place, new StoreRead(null, read.markers(), true, read.settings()));
            });
    return reads;
  }

  private StoreRead read(int place, EntryHead head, BatchReply reply) {
    StoreRead read = first.reads().get(place);
    List<byte @Nullable []> bodies = new ArrayList<>();
    boolean isUnread = false;
    for (Map<String, AttributeValue> key : keysOf(place, head)) {
      isUnread |= reply.unread().contains(key);
      Map<String, AttributeValue> item = reply.items().get(key);
      AttributeValue body = item == null ? null : item.get(layout.names().body());
      bodies.add(body == null || body.b() == null ? null : body.b().asByteArrayUnsafe());
    }
    byte[] envelope = isUnread ? null : layout.parts().join(head, bodies);
    return new StoreRead(
        isUnread || envelope != null ? envelope : LookUp.BROKEN,
        read.markers(),
        isUnread,
        read.settings());
  }

  private List<Map<String, AttributeValue>> keysOf(int place, EntryHead head) {
    List<Map<String, AttributeValue>> keysOfParts = new ArrayList<>();
    for (int i = 0; i < head.parts(); i++) {
      keysOfParts.add(layout.partKey(queries.get(place).address(), head, i));
    }
    return keysOfParts;
  }
}
