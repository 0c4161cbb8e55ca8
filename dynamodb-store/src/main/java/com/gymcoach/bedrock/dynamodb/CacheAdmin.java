package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.cache.spi.Partition;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * What operators do to a cache's table: make a whole namespace worthless, erase a user for good.
 * For a role of its own, which services do not have ({@code docs/dynamodb-table.md}).
 *
 * <p>Each call first writes markers, which every process obeys within its invalidation delay, what
 * is on its way from Bedrock included; entries are deleted after that. Nothing scans, and no item
 * is touched that is not an entry of the scope. Throttling and unprocessed items are waited for,
 * within bounds. Calls block. The client stays the caller's. Thread-safe.
 */
public final class CacheAdmin {
  /** How often a look and a deletion follow each other while calls in flight write new entries. */
  private static final int MAX_PASSES = 5;

  private final TableLayout layout;
  private final RetryingClient dynamoDb;
  private final String namespace;
  private final KeySecret keySecret;
  private final LongConsumer progress;

  private CacheAdmin(Builder from, DynamoDbClient client, TableLayout layout) {
    this.layout = layout;
    this.dynamoDb = new RetryingClient(client);
    this.namespace = from.namespace;
    this.keySecret = from.keySecret;
    this.progress = from.progress;
  }

  /** Returns a builder, which needs a client and a table name. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Makes every entry of the namespace worthless, whoever it belongs to. Costs one write; the
   * entries go when their TTL is over. Returns when the marker is in the table: from then on no
   * entry is taken from it, and within each process's invalidation delay none from memory.
   *
   * @return whether the table shows that the namespace is in use: it was purged before, or holds
   *     answers that all users share. If not, check the name: nothing may have been purged. A
   *     namespace that holds users' answers alone looks the same, for a user's cannot be found
   *     without the user's id
   * @throws SdkException if the marker was not acknowledged: call it again
   */
  public boolean purge() {
    boolean wasMarked = mark(layout.namespaceKey(namespace), TableLayout.markerOf(null));
    return wasMarked || holdsSharedAnswers();
  }

  private boolean holdsSharedAnswers() {
    return CacheScope.shared().partitions(namespace, keySecret).stream()
        .anyMatch(
            partition ->
                !dynamoDb
                    .query(layout.entries(partition, null, Map.of()).limit(1))
                    .items()
                    .isEmpty());
  }

  /**
   * Erases a scope: of its endpoint, or of all endpoints where it names none.
   *
   * <p>A call that was on its way may still write its entry afterwards. Nobody is ever given it; it
   * goes with its TTL, or with the next erasure.
   *
   * @return what was deleted and what is left; if something is, call it again. If nothing was
   *     found, see {@link ErasureReport#nothingFound()}
   * @throws SdkException if a marker was not acknowledged: then nothing is promised; call it again
   */
  public ErasureReport erase(CacheScope scope) {
    String endpoint = scope.endpoint().orElse(null);
    List<Partition> partitions = scope.partitions(namespace, keySecret);
    for (Partition partition : partitions) {
      mark(layout.markersKey(partition), TableLayout.markerOf(endpoint));
    }
    long[] deleted = {0};
    long left = -1;
    try {
      for (int pass = 0; pass < MAX_PASSES && left != 0; pass++) {
        long refused = 0;
        for (Partition partition : partitions) {
          refused += deletePages(partition, endpoint, deleted);
        }
        left = count(partitions, endpoint);
        if (refused > 0) {
          break; // DynamoDB has had its time
        }
      }
    } catch (SdkException stopped) { // the report tells that something is left
      left = leftAfter(partitions, endpoint);
    }
    return new ErasureReport(deleted[0], left);
  }

  /**
   * Counts the entries of a scope by endpoint, and changes nothing: what {@link #erase} would
   * delete.
   *
   * @throws SdkException if the table could not be read
   */
  public Map<String, Long> dryRun(CacheScope scope) {
    Map<String, Long> byEndpoint = new TreeMap<>();
    String endpoint = scope.endpoint().orElse(null);
    for (Partition partition : scope.partitions(namespace, keySecret)) {
      eachPage(
          partition,
          endpoint,
          addresses -> addresses.forEach(one -> byEndpoint.merge(one.endpoint(), 1L, Long::sum)));
    }
    return byEndpoint;
  }

  /** Puts a marker in force; returns whether there was an item of markers before. */
  private boolean mark(Map<String, AttributeValue> item, String attribute) {
    Marker marker = Marker.random();
    Instant retainUntil = Instant.now().plus(Marker.RETENTION);
    return dynamoDb
        .updateItem(
            layout.mark(item, attribute, marker, retainUntil).returnValues(ReturnValue.ALL_OLD))
        .hasAttributes();
  }

  /** Deletes what there is; returns how many DynamoDB would not delete. */
  private long deletePages(Partition partition, @Nullable String endpoint, long[] deleted) {
    long[] refused = {0};
    eachPage(
        partition,
        endpoint,
        addresses -> {
          for (int from = 0; from < addresses.size(); from += Deletion.BATCH) {
            int to = Math.min(addresses.size(), from + Deletion.BATCH);
            List<WriteRequest> batch =
                addresses.subList(from, to).stream().map(layout::deletion).toList();
            int left = dynamoDb.deleteAll(layout.table(), batch);
            refused[0] += left;
            deleted[0] += batch.size() - left;
            progress.accept(deleted[0]);
          }
        });
    return refused[0];
  }

  private long count(List<Partition> partitions, @Nullable String endpoint) {
    long[] count = {0};
    for (Partition partition : partitions) {
      eachPage(partition, endpoint, addresses -> count[0] += addresses.size());
    }
    return count[0];
  }

  private long leftAfter(List<Partition> partitions, @Nullable String endpoint) {
    try {
      return count(partitions, endpoint);
    } catch (SdkException unreadable) { // the result tells it
      return -1;
    }
  }

  private void eachPage(
      Partition partition, @Nullable String endpoint, Consumer<List<EntryAddress>> page) {
    Map<String, AttributeValue> start = Map.of();
    do {
      QueryResponse found = dynamoDb.query(layout.entries(partition, endpoint, start));
      page.accept(layout.addresses(partition, found.items()));
      start = found.lastEvaluatedKey();
    } while (!start.isEmpty());
  }

  /** Builds a {@link CacheAdmin}. Not thread-safe. */
  public static final class Builder {
    private @Nullable DynamoDbClient client;
    private String tableName = "";
    private String namespace = "default";
    private KeySecret keySecret = KeySecret.none();
    private String keyPrefix = "CACHE#";
    private String partitionKeyName = TableLayout.PK;
    private String sortKeyName = TableLayout.SK;
    private String ttlAttribute = TableLayout.TTL;
    private LongConsumer progress = deleted -> {};

    private Builder() {}

    /** Sets the client, of the operator's role. It is never closed here. */
    public Builder client(DynamoDbClient client) {
      this.client = Objects.requireNonNull(client, "client");
      return this;
    }

    /** Sets the table's name, or its ARN. */
    public Builder tableName(String tableName) {
      this.tableName = Objects.requireNonNull(tableName, "tableName");
      return this;
    }

    /** Sets the cache's namespace. If this is not specified, {@code default}. */
    public Builder namespace(String namespace) {
      this.namespace = Objects.requireNonNull(namespace, "namespace");
      return this;
    }

    /** Sets the cache's own key secret. If this is not specified, there is none. */
    public Builder keySecret(KeySecret keySecret) {
      this.keySecret = Objects.requireNonNull(keySecret, "keySecret");
      return this;
    }

    /** Sets what the store's builder calls so. If this is not specified, {@code CACHE#}. */
    public Builder keyPrefix(String keyPrefix) {
      this.keyPrefix = Objects.requireNonNull(keyPrefix, "keyPrefix");
      return this;
    }

    /** Sets the name of the table's partition key. If this is not specified, {@code PK}. */
    public Builder partitionKeyName(String name) {
      this.partitionKeyName = Objects.requireNonNull(name, "partitionKeyName");
      return this;
    }

    /** Sets the name of the table's sort key. If this is not specified, {@code SK}. */
    public Builder sortKeyName(String name) {
      this.sortKeyName = Objects.requireNonNull(name, "sortKeyName");
      return this;
    }

    /** Sets the table's TTL attribute. If this is not specified, {@code ttl}. */
    public Builder ttlAttribute(String name) {
      this.ttlAttribute = Objects.requireNonNull(name, "ttlAttribute");
      return this;
    }

    /** Sets who hears, during an erasure, how many entries are deleted so far. */
    public Builder onProgress(LongConsumer progress) {
      this.progress = Objects.requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Returns the admin. Asks nothing of DynamoDB.
     *
     * @throws IllegalArgumentException if a setting is missing or cannot be used
     */
    public CacheAdmin build() {
      if (client == null) {
        throw new IllegalArgumentException("There is no client: call client(...)");
      }
      if (tableName.isBlank()) {
        throw new IllegalArgumentException("There is no table name: call tableName(...)");
      }
      if (keyPrefix.isEmpty()) {
        throw new IllegalArgumentException(
            "keyPrefix is empty: give the one that the cache's store has");
      }
      CacheScope.shared().partitions(namespace, keySecret); // says what is wrong with the name
      return new CacheAdmin(
          this,
          client,
          new TableLayout(
              tableName, keyPrefix, partitionKeyName, sortKeyName, TableLayout.BODY, ttlAttribute));
    }
  }
}
