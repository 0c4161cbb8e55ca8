package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.StoreQuery;
import com.gymcoach.bedrock.cache.spi.StoreRead;
import com.gymcoach.bedrock.cache.spi.StoreThreads;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;

/**
 * The warm tier on a DynamoDB table, shared by every process that uses the table and namespace.
 *
 * <p>A look-up is one {@code BatchGetItem} of the entry and its markers, strongly consistent; a hit
 * writes nothing. Nothing scans, no index is used, and no item is touched whose partition key does
 * not begin with the prefix. Each request is attempted once, whatever the client would do. The
 * items are described in {@code docs/dynamodb-table.md}.
 *
 * <p>The client stays the caller's: it is never closed here. Thread-safe.
 */
public final class DynamoDbCacheStore implements CacheStore {
  /** How much later than our own timer the SDK's ends a request, so that ours tells the story. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  /** For what no caller's answer waits for: markers, deletions, checks. */
  private static final Duration UNHURRIED = Duration.ofSeconds(2);

  private final TableLayout layout;
  private final Budget readBudget;
  private final Duration writeBudget;
  private final int maxEnvelopeBytes;
  private final ExecutorService threads;
  private final DynamoDbCalls calls;
  private final Deletion deletion;
  private final RequestGuard reads;
  private final RequestGuard writes;
  private final AwsRequestOverrideConfiguration onFirstRead;
  private final AwsRequestOverrideConfiguration onRead;
  private final AwsRequestOverrideConfiguration onWrite;
  private final AwsRequestOverrideConfiguration onMark;
  private volatile boolean closed;

  private DynamoDbCacheStore(Builder from, TableLayout layout, ExecutorService threads) {
    this.layout = layout;
    this.readBudget = Budget.of(from.firstReadBudget, from.readBudget);
    this.writeBudget = from.writeBudget;
    this.maxEnvelopeBytes = from.maxEnvelopeBytes;
    this.threads = threads;
    this.calls =
        from.client != null
            ? DynamoDbCalls.of(from.client, threads)
            : DynamoDbCalls.of(Objects.requireNonNull(from.asyncClient), threads);
    this.onFirstRead = SingleAttempt.once(calls.configuration(), readBudget.first().plus(MARGIN));
    this.onRead = SingleAttempt.once(calls.configuration(), readBudget.ordinary().plus(MARGIN));
    this.onWrite = SingleAttempt.once(calls.configuration(), writeBudget.plus(MARGIN));
    this.onMark = SingleAttempt.once(calls.configuration(), UNHURRIED);
    this.deletion = new Deletion(calls, layout, onMark);
    this.reads = lane("Look-ups in the table ", readBudget, true, from);
    this.writes = // apart: a role may be allowed to read only
        lane("Writes to the table ", Budget.of(writeBudget), false, from);
  }

  /** Returns a builder, which needs a client and a table name. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Looks whether the table and the client are as the store needs them, for a service's start-up.
   * Takes a few requests, up to 2 s each, and reads no entry.
   *
   * @return what is wrong, a sentence each that says what to do; empty when all is well
   */
  public List<String> verify() {
    return new TableCheck(calls, layout, onMark, UNHURRIED.plus(MARGIN)).problems();
  }

  /** Returns the table's name. */
  @Override
  public String name() {
    String table = layout.table();
    return table.substring(table.lastIndexOf('/') + 1); // of an ARN, what follows "table/"
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    return open(
        () -> {
          LookUp lookUp = new LookUp(layout, query);
          BatchGetItemRequest request = lookUp.request(readBudget.isFirst() ? onFirstRead : onRead);
          return reads
              .go(
                  query.address().partition(),
                  gate -> calls.batchGetItem(request, gate).thenApply(lookUp::found),
                  LookUp.Found::trouble)
              .thenApply(LookUp.Found::read);
        });
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    return open(
        () -> {
          Map<String, AttributeValue> item = new HashMap<>(layout.entryKey(address));
          item.put(layout.body(), AttributeValue.fromB(SdkBytes.fromByteArray(envelope)));
          item.put(layout.ttl(), TableLayout.seconds(retainUntil));
          PutItemRequest request =
              PutItemRequest.builder()
                  .tableName(layout.table())
                  .item(item)
                  .overrideConfiguration(onWrite)
                  .build();
          return writes
              .go(address.partition(), gate -> calls.putItem(request, gate), written -> null)
              .thenAccept(written -> {});
        });
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    return open(
        () -> {
          UpdateItemRequest.Builder mark =
              layout.mark(
                  layout.markersKey(partition),
                  TableLayout.markerOf(endpoint),
                  marker,
                  retainUntil);
          return calls
              .updateItem(mark.overrideConfiguration(onMark).build())
              .thenAccept(marked -> {});
        });
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    return deleteAll(partition, endpoint, gone -> {});
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint, Consumer<EntryAddress> gone) {
    return open(() -> deletion.of(partition, endpoint, gone));
  }

  @Override
  public Duration readBudget() {
    return readBudget.ordinary();
  }

  @Override
  public Duration currentReadBudget() {
    return reads.currentBudget();
  }

  @Override
  public Duration writeBudget() {
    return writeBudget;
  }

  @Override
  public int maxEnvelopeBytes() {
    return maxEnvelopeBytes;
  }

  /** Returns read request units: strongly consistent, each item by itself, 4 KB a unit. */
  @Override
  public double readUnits(StoreQuery query, int envelopeBytes) {
    int markers = query.withNamespaceMarker() ? 2 : 1;
    return markers + (query.withEntry() ? layout.readUnits(query.address(), envelopeBytes) : 0);
  }

  /** Returns write request units: 1 KB a unit. */
  @Override
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return layout.writeUnits(address, envelopeBytes);
  }

  /** Ends the store's own threads. The client stays open. Safe to call twice. */
  @Override
  public void close() {
    closed = true;
    threads.shutdown();
  }

  /** Returns the table's name, and nothing that was ever stored. */
  @Override
  public String toString() {
    return "DynamoDbCacheStore[" + name() + "]";
  }

  private RequestGuard lane(String what, Budget budget, boolean isForTheCaller, Builder from) {
    TimeSource time = from.timeSource;
    return new RequestGuard(
        budget,
        isForTheCaller,
        new PartitionBulkhead(from.maxCallsPerPartition),
        new Breaker(what + name(), from.probeInterval, from.longProbeInterval, time),
        time);
  }

  private <T extends @Nullable Object> CompletionStage<T> open(Supplier<CompletionStage<T>> call) {
    return closed
        ? CompletableFuture.failedFuture(new IllegalStateException("The store is closed"))
        : call.get();
  }

  /**
   * Builds a {@link DynamoDbCacheStore}. Of durations, more than 366 days are 366 days. Not
   * thread-safe.
   */
  public static final class Builder {
    @Nullable DynamoDbClient client;
    @Nullable DynamoDbAsyncClient asyncClient;
    String tableName = "";
    String keyPrefix = "CACHE#";
    String partitionKeyName = TableLayout.PK;
    String sortKeyName = TableLayout.SK;
    String envelopeAttribute = TableLayout.BODY;
    String ttlAttribute = TableLayout.TTL;
    Duration firstReadBudget = Duration.ofMillis(500);
    Duration readBudget = Duration.ofMillis(50);
    Duration writeBudget = Duration.ofMillis(250);
    int maxEnvelopeBytes = 350 * 1024;
    int maxCallsPerPartition = 128;
    Duration probeInterval = Duration.ofSeconds(5);
    Duration longProbeInterval = Duration.ofMinutes(5);
    private TimeSource timeSource = TimeSource.system();

    private Builder() {}

    /**
     * Sets the client to speak to DynamoDB with. It is called on up to eight daemon threads of the
     * store. Best is one that does not retry. It is not closed when the store is.
     */
    public Builder client(DynamoDbClient client) {
      this.client = Objects.requireNonNull(client, "client");
      this.asyncClient = null;
      return this;
    }

    /**
     * Sets an async client, as {@link #client(DynamoDbClient)}. It holds a thread of the store for
     * as long as it takes to send a request, not until the answer is there.
     */
    public Builder client(DynamoDbAsyncClient client) {
      this.asyncClient = Objects.requireNonNull(client, "client");
      this.client = null;
      return this;
    }

    /** Sets the table's name, or its ARN. */
    public Builder tableName(String tableName) {
      this.tableName = Objects.requireNonNull(tableName, "tableName");
      return this;
    }

    /**
     * Sets how each partition key begins, which keeps the cache's items apart from others in the
     * table. If this is not specified, {@code CACHE#}.
     */
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

    /** Sets the attribute that holds an entry. If this is not specified, {@code b}. */
    public Builder envelopeAttribute(String name) {
      this.envelopeAttribute = Objects.requireNonNull(name, "envelopeAttribute");
      return this;
    }

    /** Sets the table's TTL attribute. If this is not specified, {@code ttl}. */
    public Builder ttlAttribute(String name) {
      this.ttlAttribute = Objects.requireNonNull(name, "ttlAttribute");
      return this;
    }

    /**
     * Sets how long a call may wait for a look-up. If this is not specified, 50 ms. Larger values
     * find more in a slow network; smaller ones cost a call less when the table is slow.
     */
    public Builder readBudget(Duration readBudget) {
      this.readBudget = BuilderChecks.usable("readBudget", readBudget);
      return this;
    }

    /**
     * Sets how long a call may wait for one of the first look-ups of a process, which load classes
     * and open connections. If this is not specified, 500 ms. It ends with 50 answers, or with the
     * first look-up that uses it up; then, and if it is the shorter, {@link #readBudget} counts.
     */
    public Builder firstReadBudget(Duration firstReadBudget) {
      this.firstReadBudget = BuilderChecks.usable("firstReadBudget", firstReadBudget);
      return this;
    }

    /** Sets how long a call may wait for its answer to be written. If not specified, 250 ms. */
    public Builder writeBudget(Duration writeBudget) {
      this.writeBudget = BuilderChecks.usable("writeBudget", writeBudget);
      return this;
    }

    /**
     * Sets the largest entry that is written, in bytes, up to 390 KB: an item of DynamoDB may have
     * 400 KB in all. If this is not specified, 350 KB.
     */
    public Builder maxEnvelopeBytes(int maxEnvelopeBytes) {
      this.maxEnvelopeBytes = maxEnvelopeBytes;
      return this;
    }

    /**
     * Sets how many look-ups for one user, and how many writes, may be under way at a time in this
     * process; so too for each of the 16 parts of what is shared. Further ones are refused, which
     * the cache counts and treats as a miss. If this is not specified, 128: half of what waits for
     * the threads of a sync client. Smaller values leave more to other users.
     */
    public Builder maxCallsPerPartition(int maxCallsPerPartition) {
      this.maxCallsPerPartition = maxCallsPerPartition;
      return this;
    }

    /**
     * Sets how long the table is left alone when half of the last 16 calls have failed or were too
     * slow; then one call in each interval tries it. Nobody waits for a look-up that does. If this
     * is not specified, 5 s. Larger values send less in an outage; smaller ones notice its end
     * sooner.
     */
    public Builder probeInterval(Duration probeInterval) {
      this.probeInterval = BuilderChecks.usable("probeInterval", probeInterval);
      return this;
    }

    /**
     * Sets the same for what no retry can mend, such as a missing table or permission; one such
     * failure is enough. If this is not specified, 5 minutes.
     */
    public Builder longProbeInterval(Duration longProbeInterval) {
      this.longProbeInterval = BuilderChecks.usable("longProbeInterval", longProbeInterval);
      return this;
    }

    /**
     * Sets the clock of these intervals and limits, for tests. If this is not specified, the
     * machine's.
     */
    public Builder timeSource(TimeSource timeSource) {
      this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
      return this;
    }

    /**
     * Returns the store. Asks nothing of DynamoDB: see {@link DynamoDbCacheStore#verify()}.
     *
     * @throws IllegalArgumentException if a setting is missing or cannot be used
     */
    public DynamoDbCacheStore build() {
      BuilderChecks.check(this);
      return new DynamoDbCacheStore(
          this,
          new TableLayout(
              tableName, keyPrefix, partitionKeyName, sortKeyName, envelopeAttribute, ttlAttribute),
          StoreThreads.create("bedrock-cache-dynamodb"));
    }
  }
}
