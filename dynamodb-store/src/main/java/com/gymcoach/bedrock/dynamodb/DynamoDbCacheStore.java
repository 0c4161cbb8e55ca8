package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreThreads;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import com.gymcoach.bedrock.dynamodb.TableLayout.AttributeNames;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The warm tier: a store on a DynamoDB table, shared by all processes that use the table and the
 * namespace.
 *
 * <pre>{@code
 * DynamoDbCacheStore store =
 *     DynamoDbCacheStore.builder().client(dynamoDb).tableName("bedrock-cache").build();
 * List<String> problems = store.verify(); // empty if the table can be used as it is
 * BedrockCache cache = BedrockCache.builder().store(store).build(); // closes the store
 * }</pre>
 *
 * <p>A look-up is one strongly consistent {@code BatchGetItem} of the entry and its markers, and
 * another one if the entry is stored in parts; a hit writes nothing. The store never scans, uses no
 * index, and touches no item whose partition key does not begin with the prefix. Each request is
 * attempted once, even if the client is configured to retry. The items are described in {@code
 * docs/dynamodb-table.md}.
 *
 * <p>The caller owns the client: the store never closes it. Thread-safe.
 */
public final class DynamoDbCacheStore implements CacheStore {
  /** A BatchGetItem takes 100 keys, two of which are those of markers. */
  private static final int MAX_READ_TOGETHER = 98;

  private final TableLayout layout;
  private final TableRequests requests;
  private final Duration readBudget;
  private final Duration writeBudget;
  private final int maxEnvelopeBytes;
  private final ExecutorService threads;
  private volatile boolean closed;

  private DynamoDbCacheStore(Builder from, TableLayout layout, ExecutorService threads) {
    this.layout = layout;
    this.requests = new TableRequests(from, layout, threads);
    this.readBudget = from.readBudget;
    this.writeBudget = from.writeBudget;
    this.maxEnvelopeBytes = from.maxEnvelopeBytes;
    this.threads = threads;
  }

  /** Returns a builder. A client and a table name are required. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Checks at service start-up whether the table and the client are as the store needs them. Blocks
   * for a few requests of up to 2 s each, and reads no entry.
   *
   * @return the problems found, one sentence each with what to do; empty if there are none
   */
  public List<String> verify() {
    return requests.check();
  }

  /** Returns the table's name. */
  @Override
  public String name() {
    return layout.tableName();
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    return open(() -> requests.read(query, null, false));
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query, Executor context) {
    return open(() -> requests.read(query, context, false));
  }

  @Override
  public CompletionStage<StoreRead> readForBlockedCaller(
      StoreQuery query, @Nullable Executor context) {
    return open(() -> requests.read(query, context, true));
  }

  /** Reads up to {@value #MAX_READ_TOGETHER} entries of a partition with one request. */
  @Override
  public List<CompletionStage<StoreRead>> readAll(
      List<StoreQuery> queries, @Nullable Executor context) {
    List<CompletionStage<StoreRead>> reads = new ArrayList<>();
    for (int from = 0; from < queries.size(); from += MAX_READ_TOGETHER) {
      List<StoreQuery> some =
          queries.subList(from, Math.min(queries.size(), from + MAX_READ_TOGETHER));
      CompletionStage<List<StoreRead>> together =
          open(() -> requests.readAll(some, context, false));
      for (int i = 0; i < some.size(); i++) {
        int place = i;
        reads.add(together.thenApply(all -> all.get(place)));
      }
    }
    return reads;
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    return open(() -> requests.write(address, envelope, retainUntil, null));
  }

  @Override
  public CompletionStage<Void> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, Executor context) {
    return open(() -> requests.write(address, envelope, retainUntil, context));
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    return open(() -> requests.mark(partition, endpoint, marker, retainUntil));
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    return deleteAll(partition, endpoint, gone -> {});
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint, Consumer<EntryAddress> gone) {
    return open(() -> requests.deleteAll(partition, endpoint, gone));
  }

  /** Reads the live settings of the namespace's item. Costs one read request unit. */
  @Override
  public CompletionStage<String> readSettings(String namespace) {
    return open(() -> requests.readSettings(namespace));
  }

  /** Returns false while look-ups or writes are suspended because too many have failed. */
  @Override
  public boolean isAvailable() {
    return requests.areSent();
  }

  @Override
  public Duration readBudget() {
    return readBudget;
  }

  @Override
  public Duration currentReadBudget() {
    return requests.currentReadBudget();
  }

  @Override
  public Duration writeBudget() {
    return writeBudget;
  }

  @Override
  public int maxEnvelopeBytes() {
    return maxEnvelopeBytes;
  }

  /**
   * Returns the read request units. Reads are strongly consistent; each item is rounded up to 4 KB,
   * and so is each part of a large entry.
   */
  @Override
  public double readUnits(StoreQuery query, int envelopeBytes) {
    int markers = query.withNamespaceMarker() ? 2 : 1;
    return markers + (query.withEntry() ? layout.readUnits(query.address(), envelopeBytes) : 0);
  }

  /** Returns the read request units: the markers are read once with each request. */
  @Override
  public double readUnits(List<StoreQuery> queries, List<Integer> envelopeBytes) {
    double units = CacheStore.super.readUnits(queries, envelopeBytes);
    int requested = (queries.size() + MAX_READ_TOGETHER - 1) / MAX_READ_TOGETHER;
    return units - (queries.size() - requested);
  }

  /** Returns the write request units: 1 KB per unit, for each part of a large entry. */
  @Override
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return layout.writeUnits(address, envelopeBytes);
  }

  /**
   * Ends the store's calls. The client stays open; close it after this. Blocks until no call is
   * being sent, for 5 s at most, unless this thread is interrupted. A second call returns at once.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      StoreThreads.close(threads);
      requests.close();
    }
  }

  /** Returns a text with the table's name only, never anything stored. */
  @Override
  public String toString() {
    return "DynamoDbCacheStore[" + name() + "]";
  }

  private <T extends @Nullable Object> CompletionStage<T> open(Supplier<CompletionStage<T>> call) {
    return closed
        ? CompletableFuture.failedFuture(new IllegalStateException("The store is closed"))
        : call.get();
  }

  /**
   * Builds a {@link DynamoDbCacheStore}. Durations over 366 days are treated as 366 days. Not
   * thread-safe.
   */
  public static final class Builder {
    @Nullable DynamoDbClient client;
    @Nullable DynamoDbAsyncClient asyncClient;
    String tableName = "";
    String keyPrefix = TableLayout.DEFAULT_PREFIX;
    String partitionKeyName = AttributeNames.DEFAULT.pk();
    String sortKeyName = AttributeNames.DEFAULT.sk();
    String envelopeAttribute = AttributeNames.DEFAULT.body();
    String ttlAttribute = AttributeNames.DEFAULT.ttl();
    Duration firstReadBudget = Duration.ofMillis(500);
    Duration readBudget = DEFAULT_READ_BUDGET;
    Duration writeBudget = DEFAULT_WRITE_BUDGET;
    int maxEnvelopeBytes = DEFAULT_MAX_ENVELOPE_BYTES;
    int maxThreads = 64;
    boolean lookUpsOnCallersThread;
    int maxCallsPerPartition = 128;
    Duration probeInterval = Duration.ofSeconds(5);
    Duration longProbeInterval = Duration.ofMinutes(5);
    TimeSource timeSource = TimeSource.system();

    private Builder() {}

    /**
     * Sets a synchronous client for DynamoDB. The store calls it on its own daemon threads, one for
     * each call under way, up to {@link #maxThreads}. Prefer a client that does not retry, and
     * whose HTTP client has one connection for each of these threads. It is not closed with the
     * store.
     */
    public Builder client(DynamoDbClient client) {
      this.client = Objects.requireNonNull(client, "client");
      this.asyncClient = null;
      return this;
    }

    /**
     * Sets an async client instead of {@link #client(DynamoDbClient)}. A look-up is sent from the
     * caller's thread if the client's credentials are known and all its interceptors are the SDK's;
     * any other call occupies a store thread while it is sent. An HTTP client of your own must not
     * block in {@code execute}.
     */
    public Builder client(DynamoDbAsyncClient client) {
      this.asyncClient = Objects.requireNonNull(client, "client");
      this.client = null;
      return this;
    }

    /** Sets the table's name or ARN. */
    public Builder tableName(String tableName) {
      this.tableName = Objects.requireNonNull(tableName, "tableName");
      return this;
    }

    /**
     * Sets the prefix of every partition key, which separates the cache's items from others in the
     * table. Defaults to {@code CACHE#}.
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

    /** Sets the attribute that holds an entry. Defaults to {@code b}. */
    public Builder envelopeAttribute(String name) {
      this.envelopeAttribute = Objects.requireNonNull(name, "envelopeAttribute");
      return this;
    }

    /** Sets the table's TTL attribute. Defaults to {@code ttl}. */
    public Builder ttlAttribute(String name) {
      this.ttlAttribute = Objects.requireNonNull(name, "ttlAttribute");
      return this;
    }

    /**
     * Sets the read budget: the longest a call waits for a look-up. Defaults to 50 ms. A larger
     * value finds more answers on a slow network; a smaller one costs a call less when the table is
     * slow.
     */
    public Builder readBudget(Duration readBudget) {
      this.readBudget = BuilderChecks.usable("readBudget", readBudget);
      return this;
    }

    /**
     * Sets the read budget of a process's first look-ups, which load classes and open connections.
     * Defaults to 500 ms. It ends after 50 answers, or with the first look-up that exceeds it;
     * after that {@link #readBudget} applies. If it is shorter than {@link #readBudget}, it has no
     * effect.
     */
    public Builder firstReadBudget(Duration firstReadBudget) {
      this.firstReadBudget = BuilderChecks.usable("firstReadBudget", firstReadBudget);
      return this;
    }

    /**
     * Sets the write budget: the longest a call waits for its answer to be written. Defaults to 250
     * ms.
     */
    public Builder writeBudget(Duration writeBudget) {
      this.writeBudget = BuilderChecks.usable("writeBudget", writeBudget);
      return this;
    }

    /**
     * Sets the size of the largest entry that is written, in bytes. Defaults to 350 KB; 1 byte to 4
     * MB.
     *
     * <p>A value over 390 KB (399,360) turns parts on: an entry over 390 KB is stored in up to 11
     * parts of 384 KB, because a DynamoDB item is limited to 400 KB. Smaller entries are stored as
     * before. Reading or writing a large entry takes a second request within the same budget, so
     * raise {@link #readBudget} and {@link #writeBudget}. An entry of 4 MB costs about 1,040 read
     * units or 4,110 write units. Processes with a smaller value count a large entry as {@code
     * ENTRY_CORRUPT} and as a miss, so give all of them the same.
     */
    public Builder maxEnvelopeBytes(int maxEnvelopeBytes) {
      this.maxEnvelopeBytes = maxEnvelopeBytes;
      return this;
    }

    /**
     * Sets the largest number of the store's threads, which is also the number of concurrent calls
     * of a sync client. A thread is created only while all others are busy, and ends after 30 s
     * without work. Up to 256 more calls wait; further ones are refused, which the cache counts and
     * treats as a miss. Defaults to 64; 8 to 1,024. Give a sync client as many connections: the
     * SDK's HTTP clients have 50 by default, and waiting for one counts as time of the table.
     */
    public Builder maxThreads(int maxThreads) {
      this.maxThreads = maxThreads;
      return this;
    }

    /**
     * Sets whether a sync client makes a look-up on its caller's thread, if that caller has a sync
     * client of Bedrock. Defaults to false: the store's threads make it. Setting it saves a
     * hand-over to another thread and back, and gives up the strict budget. These can hold a caller
     * for longer than {@link #readBudget}: the resolution of a name, a connection attempt, and a
     * client that ignores {@code abort}. With a budget of 200 ms, callers were held for 3 s, also
     * right after calls that had just worked. So are callers with the same question, who wait for
     * the answer. After such a call, the look-ups of a minute are handed over.
     *
     * <p>A look-up is made on the caller's thread only if its credentials are known and all the
     * client's interceptors are the SDK's. At most {@link #maxThreads} are made so at a time. Has
     * no effect with an async client, which does not block its caller.
     */
    public Builder lookUpsOnCallersThread(boolean lookUpsOnCallersThread) {
      this.lookUpsOnCallersThread = lookUpsOnCallersThread;
      return this;
    }

    /**
     * Limits the concurrent look-ups of one user in this process, and separately the user's
     * concurrent writes. For shared answers the limit applies to each of their 16 shards. Calls
     * beyond the limit are refused; the cache counts them and treats them as a miss. Defaults to
     * 128, less than half of the calls that a sync client's threads and their queue hold. A smaller
     * value leaves more to other users.
     */
    public Builder maxCallsPerPartition(int maxCallsPerPartition) {
      this.maxCallsPerPartition = maxCallsPerPartition;
      return this;
    }

    /**
     * Sets how long the store sends nothing after half of the last 16 calls failed or were too
     * slow. After that it sends one probe per interval; a caller never waits for a look-up that is
     * a probe. Defaults to 5 s. A larger value sends fewer requests in an outage; a smaller one
     * notices its end sooner.
     */
    public Builder probeInterval(Duration probeInterval) {
      this.probeInterval = BuilderChecks.usable("probeInterval", probeInterval);
      return this;
    }

    /**
     * Sets the interval after a permanent failure, such as a missing table or permission; one such
     * failure is enough. Defaults to 5 minutes.
     */
    public Builder longProbeInterval(Duration longProbeInterval) {
      this.longProbeInterval = BuilderChecks.usable("longProbeInterval", longProbeInterval);
      return this;
    }

    /** Sets the clock of these intervals and limits, for tests. Defaults to the system clock. */
    public Builder timeSource(TimeSource timeSource) {
      this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
      return this;
    }

    /**
     * Returns the store. Sends no request to DynamoDB: see {@link DynamoDbCacheStore#verify()}.
     *
     * @throws IllegalArgumentException if a setting is missing or unusable
     */
    public DynamoDbCacheStore build() {
      BuilderChecks.check(this);
      return new DynamoDbCacheStore(
          this,
          new TableLayout(
              tableName,
              keyPrefix,
              new AttributeNames(partitionKeyName, sortKeyName, envelopeAttribute, ttlAttribute),
              EntryParts.upTo(maxEnvelopeBytes)),
          StoreThreads.create("bedrock-cache-dynamodb", maxThreads));
    }
  }
}
