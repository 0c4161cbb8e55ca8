package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.KeySecret;
import com.gymcoach.bedrock.cache.LiveSettings;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.dynamodb.TableLayout.AttributeNames;
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
 * Operator tasks on a cache's table: switches the caches of all processes on and off, invalidates a
 * whole namespace, or erases a user's entries for good. Give it its own IAM role, with permissions
 * that services do not have ({@code docs/dynamodb-table.md}).
 *
 * <pre>{@code
 * CacheAdmin admin =
 *     CacheAdmin.builder().client(dynamoDb).tableName("bedrock-cache").namespace("prod").build();
 * Map<String, Long> entries = admin.dryRun(CacheScope.user(userId)); // by endpoint
 * ErasureReport report = admin.erase(CacheScope.user(userId));
 * boolean done = report.complete(); // if not, see nothingFound(), or erase again
 * }</pre>
 *
 * <p>Each call first writes markers. Every process obeys them within its invalidation delay, also
 * for answers still on their way from Bedrock. After that, entries are deleted. It never scans, and
 * never touches an item that is not an entry of the scope or a part of one. Throttled requests and
 * unprocessed items are retried a limited number of times. Calls block. The caller owns the client.
 * Thread-safe.
 */
public final class CacheAdmin {
  /** The most passes of deleting and counting while calls in flight still write new entries. */
  private static final int MAX_PASSES = 5;

  private final TableLayout layout;
  private final RetryingClient dynamoDb;
  private final String namespace;
  private final NamespaceItem item;
  private final KeySecret keySecret;
  private final LongConsumer progress;

  private CacheAdmin(Builder from, DynamoDbClient client, TableLayout layout) {
    this.layout = layout;
    this.dynamoDb = new RetryingClient(client);
    this.namespace = from.namespace;
    this.item = new NamespaceItem(layout, from.namespace);
    this.keySecret = from.keySecret;
    this.progress = from.progress;
  }

  /** Returns a builder. A client and a table name are required. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Invalidates every entry of the namespace, for all users. Costs one write; the entries
   * themselves are deleted when their TTL ends. Returns once the marker is in the table. From then
   * on no process takes an old entry from the table, and after its invalidation delay none from
   * memory either.
   *
   * @return whether the table shows that the namespace is in use: it was purged before, has live
   *     settings, or holds answers shared by all users. If false, check the name: perhaps nothing
   *     was purged. A namespace that holds only per-user answers also returns false, because those
   *     cannot be found without the user's id
   * @throws SdkException if the marker was not acknowledged: call it again
   */
  public boolean purge() {
    boolean existed =
        dynamoDb
            .updateItem(() -> item.mark(Marker.random()).returnValues(ReturnValue.ALL_OLD))
            .hasAttributes();
    return existed || holdsSharedAnswers();
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
   * Erases the entries of a scope: at its endpoint, or at all endpoints if it names none.
   *
   * <p>A call in flight may still write its entry afterwards. That entry is never served; it is
   * deleted when its TTL ends, or by the next erasure.
   *
   * @return the number of entries deleted and left. If some are left, call it again. If nothing was
   *     found, see {@link ErasureReport#nothingFound()}
   * @throws SdkException if a marker was not acknowledged: then nothing is guaranteed; call it
   *     again
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
          break; // DynamoDB has already been retried enough
        }
      }
    } catch (SdkException stopped) { // reported as entries left
      left = leftAfter(partitions, endpoint);
    }
    return new ErasureReport(deleted[0], left);
  }

  /**
   * Counts the entries of a scope by endpoint, without changing anything: the entries that {@link
   * #erase} would delete. The keys are endpoints, the values numbers of entries.
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
          items ->
              items.stream()
                  .filter(item -> !item.isPart())
                  .forEach(one -> byEndpoint.merge(one.address().endpoint(), 1L, Long::sum)));
    }
    return byEndpoint;
  }

  /**
   * Sets the mode, the rollout percentage and the endpoints that are off, for every process of the
   * namespace whose cache was built with {@code liveSettingsFromStore()}. Each of its calls obeys
   * them once its invalidation delay and one read have passed. Replaces what was set before; {@link
   * LiveSettings#NONE} gives each process its own settings back.
   *
   * @throws SdkException if they were not acknowledged: call it again
   */
  public void liveSettings(LiveSettings settings) {
    String text = settings.equals(LiveSettings.NONE) ? "" : settings.toJson();
    dynamoDb.updateItem(() -> item.write(text));
  }

  /**
   * Returns the live settings in the table.
   *
   * @throws IllegalArgumentException if they are not valid, so that processes ignore them
   * @throws SdkException if the table could not be read
   */
  public LiveSettings liveSettings() {
    List<Map<String, AttributeValue>> items = dynamoDb.query(item.query()).items();
    return LiveSettings.parse(NamespaceItem.settings(items.isEmpty() ? null : items.get(0)));
  }

  private void mark(Map<String, AttributeValue> item, String attribute) {
    Instant retainUntil = Instant.now().plus(Marker.RETENTION);
    dynamoDb.updateItem(() -> layout.mark(item, attribute, Marker.random(), retainUntil));
  }

  /** Deletes the entries and parts found. Returns how many items DynamoDB left unprocessed. */
  private long deletePages(Partition partition, @Nullable String endpoint, long[] deleted) {
    long[] refused = {0};
    eachPage(
        partition,
        endpoint,
        items -> {
          for (int from = 0; from < items.size(); from += Deletion.BATCH) {
            int to = Math.min(items.size(), from + Deletion.BATCH);
            List<StoredItem> batch = items.subList(from, to);
            List<WriteRequest> left =
                dynamoDb.deleteAll(layout.table(), batch.stream().map(layout::deletion).toList());
            refused[0] += left.size();
            deleted[0] +=
                batch.stream()
                    .filter(item -> !item.isPart() && !left.contains(layout.deletion(item)))
                    .count();
            progress.accept(deleted[0]);
          }
        });
    return refused[0];
  }

  /** Returns the number of entries of which an item is left. They are sorted by entry. */
  private long count(List<Partition> partitions, @Nullable String endpoint) {
    long[] count = {0};
    EntryAddress[] last = new EntryAddress[1];
    Consumer<StoredItem> each =
        item -> {
          count[0] += item.address().equals(last[0]) ? 0 : 1;
          last[0] = item.address();
        };
    for (Partition partition : partitions) {
      eachPage(partition, endpoint, items -> items.forEach(each));
    }
    return count[0];
  }

  private long leftAfter(List<Partition> partitions, @Nullable String endpoint) {
    try {
      return count(partitions, endpoint);
    } catch (SdkException unreadable) { // reported as -1
      return -1;
    }
  }

  private void eachPage(
      Partition partition, @Nullable String endpoint, Consumer<List<StoredItem>> page) {
    Map<String, AttributeValue> start = Map.of();
    do {
      QueryResponse found = dynamoDb.query(layout.entries(partition, endpoint, start));
      page.accept(layout.stored(partition, found.items()));
      start = found.lastEvaluatedKey();
    } while (!start.isEmpty());
  }

  /** Builds a {@link CacheAdmin}. Not thread-safe. */
  public static final class Builder {
    private @Nullable DynamoDbClient client;
    private String tableName = "";
    private String namespace = "default";
    private KeySecret keySecret = KeySecret.none();
    private String keyPrefix = TableLayout.DEFAULT_PREFIX;
    private String partitionKeyName = AttributeNames.DEFAULT.pk();
    private String sortKeyName = AttributeNames.DEFAULT.sk();
    private String ttlAttribute = AttributeNames.DEFAULT.ttl();
    private LongConsumer progress = deleted -> {};

    private Builder() {}

    /** Sets the client, with the operator's role. It is never closed here. */
    public Builder client(DynamoDbClient client) {
      this.client = Objects.requireNonNull(client, "client");
      return this;
    }

    /** Sets the table's name or ARN. */
    public Builder tableName(String tableName) {
      this.tableName = Objects.requireNonNull(tableName, "tableName");
      return this;
    }

    /** Sets the cache's namespace. Defaults to {@code default}. */
    public Builder namespace(String namespace) {
      this.namespace = Objects.requireNonNull(namespace, "namespace");
      return this;
    }

    /** Sets the cache's key secret. Defaults to none. */
    public Builder keySecret(KeySecret keySecret) {
      this.keySecret = Objects.requireNonNull(keySecret, "keySecret");
      return this;
    }

    /**
     * Sets the prefix of partition keys; use the one of the store's builder. Defaults to {@code
     * CACHE#}.
     */
    public Builder keyPrefix(String keyPrefix) {
      this.keyPrefix = Objects.requireNonNull(keyPrefix, "keyPrefix");
      return this;
    }

    /** Sets the name of the table's partition key. Defaults to {@code PK}. */
    public Builder partitionKeyName(String name) {
      this.partitionKeyName = Objects.requireNonNull(name, "partitionKeyName");
      return this;
    }

    /** Sets the name of the table's sort key. Defaults to {@code SK}. */
    public Builder sortKeyName(String name) {
      this.sortKeyName = Objects.requireNonNull(name, "sortKeyName");
      return this;
    }

    /** Sets the table's TTL attribute. Defaults to {@code ttl}. */
    public Builder ttlAttribute(String name) {
      this.ttlAttribute = Objects.requireNonNull(name, "ttlAttribute");
      return this;
    }

    /**
     * Sets a callback for progress: during an erasure, it receives the number of entries deleted so
     * far.
     */
    public Builder onProgress(LongConsumer progress) {
      this.progress = Objects.requireNonNull(progress, "progress");
      return this;
    }

    /**
     * Returns the admin. Sends no request to DynamoDB.
     *
     * @throws IllegalArgumentException if a setting is missing or unusable
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
      CacheScope.shared().partitions(namespace, keySecret); // throws if the name is unusable
      return new CacheAdmin(
          this,
          client,
          new TableLayout(
              tableName,
              keyPrefix,
              new AttributeNames(
                  partitionKeyName, sortKeyName, AttributeNames.DEFAULT.body(), ttlAttribute),
              EntryParts.upTo(EntryParts.MAX_BYTES)));
    }
  }
}
