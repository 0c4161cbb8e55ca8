package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Defines which item and attribute hold what. It is the only class that knows this. See {@code
 * docs/dynamodb-table.md}.
 *
 * @param table the table's name or ARN
 * @param prefix the prefix of each partition key of the cache
 * @param names the names of the attributes that can be chosen
 * @param parts splits entries that are too large for an item
 */
record TableLayout(String table, String prefix, AttributeNames names, EntryParts parts) {
  /**
   * Names of attributes.
   *
   * @param pk the partition key
   * @param sk the sort key
   * @param body holds an entry's envelope
   * @param ttl holds the epoch second from which DynamoDB may delete the item
   */
  record AttributeNames(String pk, String sk, String body, String ttl) {
    /** The names by default. */
    static final AttributeNames DEFAULT = new AttributeNames("PK", "SK", "b", "ttl");
  }

  /** The default prefix. */
  static final String DEFAULT_PREFIX = "CACHE#";

  /** The sort key of the item that holds the markers of a partition or a namespace. */
  static final String MARKERS = "M";

  /** The attribute with the marker of the whole partition or namespace. */
  static final String SCOPE_MARKER = "s";

  /** The prefix of an attribute with an endpoint's marker. */
  static final String ENDPOINT_MARKER = "e.";

  /** The attribute of a namespace's item with the text of the live settings. */
  static final String SETTINGS = "c";

  private static final String ENTRIES = "E#";
  private static final int READ_UNIT = 4096;
  private static final int WRITE_UNIT = 1024;

  /** The size of the TTL number: a number takes one byte per two digits, plus one. */
  private static final int SECONDS_BYTES = 6;

  /** Returns the table's name. */
  String tableName() {
    return table.substring(table.lastIndexOf('/') + 1); // an ARN: the part after "table/"
  }

  /** Returns the key of an entry, or of its head if it is stored in parts. */
  Map<String, AttributeValue> entryKey(EntryAddress address) {
    return key(partitionKey(address.partition()), sortKey(address));
  }

  /** Returns the key of a part of an entry, counted from 0. */
  Map<String, AttributeValue> partKey(EntryAddress address, EntryHead head, int number) {
    return key(
        partitionKey(address.partition()),
        StoredItem.partOf(sortKey(address), number, head.sha256()));
  }

  private String sortKey(EntryAddress address) {
    return entriesOf(address.endpoint()) + address.key().text();
  }

  /** Returns the key of a partition's markers. */
  Map<String, AttributeValue> markersKey(Partition partition) {
    return key(partitionKey(partition), MARKERS);
  }

  /** Returns the key of a namespace's marker. */
  Map<String, AttributeValue> namespaceKey(String namespace) {
    return key(prefix + namespace, MARKERS);
  }

  /** Returns the partition key of a partition's items. */
  String partitionKey(Partition partition) {
    String whole = prefix + partition.namespace() + "#" + partition.principal().text();
    return partition.shard() == Partition.WHOLE ? whole : whole + "#" + partition.shard();
  }

  /** Returns the prefix of the sort keys of entries: those of an endpoint, or all if it is null. */
  String entriesOf(@Nullable String endpoint) {
    return endpoint == null ? ENTRIES : ENTRIES + endpoint + "#";
  }

  /**
   * Returns the attribute that holds an endpoint's marker, or the whole partition's if it is null.
   */
  static String markerOf(@Nullable String endpoint) {
    return endpoint == null ? SCOPE_MARKER : ENDPOINT_MARKER + endpoint;
  }

  /** Returns the key that an item has; a part that it lacks is left out. */
  Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
    AttributeValue partition = item.get(names.pk());
    AttributeValue sort = item.get(names.sk());
    return partition == null || sort == null
        ? Map.of()
        : Map.of(names.pk(), partition, names.sk(), sort);
  }

  /** Returns whether an item has this key, in both parts. */
  boolean isAt(Map<String, AttributeValue> item, Map<String, AttributeValue> key) {
    return Objects.equals(key.get(names.pk()), item.get(names.pk()))
        && Objects.equals(key.get(names.sk()), item.get(names.sk()));
  }

  /**
   * Returns a marker from a marker item, or {@link Marker#NONE} if the item or the attribute is
   * absent.
   *
   * @throws IllegalStateException if the attribute holds anything else
   */
  static Marker marker(@Nullable Map<String, AttributeValue> item, @Nullable String endpoint) {
    AttributeValue value = item == null ? null : item.get(markerOf(endpoint));
    if (value == null) {
      return Marker.NONE;
    }
    SdkBytes bytes = value.b();
    if (bytes == null || bytes.asByteArrayUnsafe().length != Marker.BYTES) {
      throw new IllegalStateException("A marker item holds something that is not a marker");
    }
    return Marker.of(bytes.asByteArrayUnsafe());
  }

  /**
   * Returns the value of the TTL attribute: the epoch second, rounded up so that it is never early.
   */
  static AttributeValue seconds(Instant retainUntil) {
    long second = retainUntil.getEpochSecond() + (retainUntil.getNano() > 0 ? 1 : 0);
    return AttributeValue.fromN(Long.toString(second));
  }

  /** Returns the request that writes an entry. */
  PutItemRequest.Builder entry(EntryAddress address, byte[] envelope, Instant retainUntil) {
    AttributeValue body = AttributeValue.fromB(SdkBytes.fromByteArray(envelope));
    return PutItemRequest.builder()
        .tableName(table)
        .item(item(entryKey(address), body, retainUntil));
  }

  /** Returns the request that writes the head of an entry whose parts are in the table. */
  PutItemRequest.Builder head(EntryAddress address, EntryHead head) {
    return PutItemRequest.builder()
        .tableName(table)
        .item(item(entryKey(address), head.attribute(), head.retainUntil()));
  }

  /** Returns the writes of an entry's parts, for use in a batch. They expire with the head. */
  List<WriteRequest> parts(EntryAddress address, EntryHead head, List<byte[]> bodies) {
    List<WriteRequest> writes = new ArrayList<>();
    for (byte[] part : bodies) {
      AttributeValue body = AttributeValue.fromB(SdkBytes.fromByteArrayUnsafe(part));
      Map<String, AttributeValue> item =
          item(partKey(address, head, writes.size()), body, head.retainUntil());
      writes.add(WriteRequest.builder().putRequest(p -> p.item(item)).build());
    }
    return writes;
  }

  private Map<String, AttributeValue> item(
      Map<String, AttributeValue> key, AttributeValue body, Instant retainUntil) {
    Map<String, AttributeValue> item = new HashMap<>(key);
    item.put(names.body(), body);
    item.put(names.ttl(), seconds(retainUntil));
    return item;
  }

  /** Returns the request that writes a marker. */
  UpdateItemRequest.Builder mark(
      Map<String, AttributeValue> item, String attribute, Marker marker, Instant retainUntil) {
    return UpdateItemRequest.builder()
        .tableName(table)
        .key(item)
        .updateExpression("SET #m = :m, #t = :t")
        .expressionAttributeNames(Map.of("#m", attribute, "#t", names.ttl()))
        .expressionAttributeValues(
            Map.of(
                ":m", AttributeValue.fromB(SdkBytes.fromByteArray(marker.bytes())),
                ":t", seconds(retainUntil)));
  }

  /**
   * Returns the request for the next page of a partition's entries and their parts. It returns only
   * their keys.
   */
  QueryRequest.Builder entries(
      Partition partition, @Nullable String endpoint, Map<String, AttributeValue> start) {
    QueryRequest.Builder query =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .keyConditionExpression("#p = :p AND begins_with(#s, :s)")
            .projectionExpression("#s")
            .expressionAttributeNames(Map.of("#p", names.pk(), "#s", names.sk()))
            .expressionAttributeValues(
                Map.of(
                    ":p", AttributeValue.fromS(partitionKey(partition)),
                    ":s", AttributeValue.fromS(entriesOf(endpoint))));
    return start.isEmpty() ? query : query.exclusiveStartKey(start);
  }

  /** Returns the entries and parts on a page. Items with other keys are skipped. */
  List<StoredItem> stored(Partition partition, List<Map<String, AttributeValue>> page) {
    List<StoredItem> stored = new ArrayList<>();
    for (Map<String, AttributeValue> each : page) {
      AttributeValue sort = each.get(names.sk());
      StoredItem item =
          sort == null || sort.s() == null ? null : StoredItem.of(partition, sort.s());
      if (item != null) {
        stored.add(item);
      }
    }
    return stored;
  }

  /** Returns the deletion of an item, for use in a batch. */
  WriteRequest deletion(StoredItem item) {
    Map<String, AttributeValue> key = key(partitionKey(item.address().partition()), item.sort());
    return WriteRequest.builder().deleteRequest(d -> d.key(key)).build();
  }

  /**
   * Returns the read units for an entry, or for a look-up without a result if {@code envelopeBytes}
   * is 0.
   */
  int readUnits(EntryAddress address, int envelopeBytes) {
    return envelopeBytes == 0 ? 1 : units(address, envelopeBytes, READ_UNIT);
  }

  /** Returns the write units for an entry. */
  int writeUnits(EntryAddress address, int envelopeBytes) {
    return units(address, envelopeBytes, WRITE_UNIT);
  }

  /** Returns the units of an entry: of its item, or of its head and of each part. */
  private int units(EntryAddress address, int envelopeBytes, int unit) {
    String sort = sortKey(address);
    if (!EntryParts.areNeeded(envelopeBytes)) {
      return units(address, sort, envelopeBytes, unit);
    }
    int units = units(address, sort, EntryHead.ITEM_BYTES, unit);
    for (int i = 0; i < parts.count(envelopeBytes); i++) {
      String part = StoredItem.partOf(sort, i, address.key()); // any digest is as long
      units += units(address, part, parts.size(envelopeBytes, i), unit);
    }
    return units;
  }

  /**
   * Returns the units of an item. Its size is that of its attribute names and values (DynamoDB
   * developer guide).
   */
  private int units(EntryAddress address, String sort, int bodyBytes, int unit) {
    int keys = partitionKey(address.partition()).length() + sort.length();
    int named =
        names.pk().length() + names.sk().length() + names.body().length() + names.ttl().length();
    return (keys + named + bodyBytes + SECONDS_BYTES + unit - 1) / unit;
  }

  private Map<String, AttributeValue> key(String partition, String sort) {
    return Map.of(
        names.pk(), AttributeValue.fromS(partition), names.sk(), AttributeValue.fromS(sort));
  }
}
