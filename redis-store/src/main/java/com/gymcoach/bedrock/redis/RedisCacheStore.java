package com.gymcoach.bedrock.redis;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreThreads;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
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

/**
 * The warm tier on Redis 7 or Valkey: a store shared by all processes that use the server or
 * cluster, the key prefix and the namespace.
 *
 * <pre>{@code
 * RedisClient client = RedisClient.create();
 * RedisURI server = RedisURI.create("rediss://cache.example.com:6379");
 * RedisCacheStore store = RedisCacheStore.builder().client(client, server).build();
 * List<String> problems = store.verify(); // empty if the server can be used as it is
 * BedrockCache cache = BedrockCache.builder().store(store).build(); // closes the store
 * }</pre>
 *
 * <p>A look-up is one script, which reads the entry and its markers in one step. The server deletes
 * entries when their time is over. A marker that Redis has lost, by eviction, a restart or a
 * failover, costs misses and never brings an invalidated answer back: see {@code docs/redis.md}.
 *
 * <p>The caller owns the client: the store closes its own connection only. Thread-safe.
 */
public final class RedisCacheStore implements CacheStore {
  /** The largest reply to a look-up of several entries. */
  private static final int MAX_REPLY_BYTES = 32 * 1024 * 1024;

  private final String name;
  private final RedisRequests requests;
  private final Duration readBudget;
  private final Duration writeBudget;
  private final int maxEnvelopeBytes;
  private final ExecutorService threads;
  private volatile boolean closed;

  private RedisCacheStore(Builder from) {
    this.name = "redis/" + from.keyPrefix;
    this.threads = StoreThreads.create("bedrock-cache-redis", from.maxThreads);
    this.requests = new RedisRequests(from, new RedisLayout(from.keyPrefix), threads);
    this.readBudget = from.readBudget;
    this.writeBudget = from.writeBudget;
    this.maxEnvelopeBytes = from.maxEnvelopeBytes;
  }

  /** Returns a builder. A client is required. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Checks at service start-up whether the server and its user are as the store needs them. Blocks
   * for a few requests of up to 2 s each. Reads no entry; writes and deletes three keys for the
   * check.
   *
   * @return the problems found, one sentence each with what to do; empty if there are none
   */
  public List<String> verify() {
    return closed ? List.of("The store is closed.") : requests.check();
  }

  /** Returns "redis/" and the key prefix: the same for all processes, whatever address they use. */
  @Override
  public String name() {
    return name;
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    return one(query, null, false);
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query, Executor context) {
    return one(query, context, false);
  }

  @Override
  public CompletionStage<StoreRead> readForBlockedCaller(
      StoreQuery query, @Nullable Executor context) {
    return one(query, context, true);
  }

  private CompletionStage<StoreRead> one(
      StoreQuery query, @Nullable Executor context, boolean callerBlocks) {
    return open(() -> requests.readAll(List.of(query), context, callerBlocks))
        .thenApply(reads -> reads.get(0));
  }

  /** Reads as many entries with one script as have 32 MB together. */
  @Override
  public List<CompletionStage<StoreRead>> readAll(
      List<StoreQuery> queries, @Nullable Executor context) {
    int together = Math.max(1, MAX_REPLY_BYTES / maxEnvelopeBytes);
    List<CompletionStage<StoreRead>> reads = new ArrayList<>();
    for (int from = 0; from < queries.size(); from += together) {
      List<StoreQuery> some = queries.subList(from, Math.min(queries.size(), from + together));
      CompletionStage<List<StoreRead>> read = open(() -> requests.readAll(some, context, false));
      for (int i = 0; i < some.size(); i++) {
        int place = i;
        reads.add(read.thenApply(all -> all.get(place)));
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

  /** Reads the live settings at the namespace's key, which {@code docs/redis.md} describes. */
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
   * Closes the store's connection and threads. The client stays open; close it after this. Blocks
   * for up to 3 s while a connection is being made. A second call returns at once.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      requests.close();
      StoreThreads.close(threads);
    }
  }

  /** Returns a text with the key prefix only, never anything stored. */
  @Override
  public String toString() {
    return "RedisCacheStore[" + name + "]";
  }

  private <T extends @Nullable Object> CompletionStage<T> open(Supplier<CompletionStage<T>> call) {
    return closed
        ? CompletableFuture.failedFuture(new IllegalStateException("The store is closed"))
        : call.get();
  }

  /**
   * Builds a {@link RedisCacheStore}. Durations over 366 days are treated as 366 days. Not
   * thread-safe.
   */
  public static final class Builder {
    @Nullable Supplier<CompletionStage<Link>> connector;
    String keyPrefix = "CACHE:";
    Duration firstReadBudget = Duration.ofMillis(500);
    Duration readBudget = DEFAULT_READ_BUDGET;
    Duration writeBudget = DEFAULT_WRITE_BUDGET;
    int maxEnvelopeBytes = DEFAULT_MAX_ENVELOPE_BYTES;
    int maxThreads = 8;
    int maxCallsPerPartition = 128;
    boolean keepEntriesAfterFailover;
    Duration probeInterval = Duration.ofSeconds(5);
    Duration longProbeInterval = Duration.ofMinutes(5);
    TimeSource timeSource = TimeSource.system();

    private Builder() {}

    /**
     * Sets the client and the address of a single server: that of the primary, if it has replicas.
     * Password, TLS and timeouts are the address's. The client is not closed with the store.
     */
    public Builder client(RedisClient client, RedisURI server) {
      Objects.requireNonNull(client, "client");
      Objects.requireNonNull(server, "server");
      this.connector = () -> Link.to(client, server);
      return this;
    }

    /**
     * Sets the client of a cluster instead. Let it refresh its topology by itself, so that it finds
     * the primaries after a failover. It is not closed with the store.
     */
    public Builder client(RedisClusterClient client) {
      Objects.requireNonNull(client, "client");
      this.connector = () -> Link.to(client);
      return this;
    }

    /**
     * Sets the prefix of every key, which separates the cache's keys from others: 1 to 64 of {@code
     * A-Z a-z 0-9 . _ : / -}. All processes need the same. Defaults to {@code CACHE:}.
     */
    public Builder keyPrefix(String keyPrefix) {
      this.keyPrefix = Objects.requireNonNull(keyPrefix, "keyPrefix");
      return this;
    }

    /**
     * Sets the read budget: the longest a call waits for a look-up. Defaults to 50 ms. A larger
     * value finds more answers on a slow network; a smaller one costs a call less when the server
     * is slow.
     */
    public Builder readBudget(Duration readBudget) {
      this.readBudget = BuilderChecks.usable("readBudget", readBudget);
      return this;
    }

    /**
     * Sets the read budget of a process's first look-ups, which load classes and open a connection.
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
     * Sets the size of the largest entry that is written, in bytes, at most 4 MB. Defaults to 350
     * KB. A large entry holds up all other requests of the connection while it is on its way.
     */
    public Builder maxEnvelopeBytes(int maxEnvelopeBytes) {
      this.maxEnvelopeBytes = maxEnvelopeBytes;
      return this;
    }

    /**
     * Sets the largest number of the store's threads, on which the calls of async clients go on
     * after a look-up. A thread is created only while all others are busy, and ends after 30 s
     * without work. Up to 256 more replies wait; further ones are dropped, which the cache counts
     * and treats as a miss. Defaults to 8; 1 to 1,024.
     */
    public Builder maxThreads(int maxThreads) {
      this.maxThreads = maxThreads;
      return this;
    }

    /**
     * Sets the largest number of look-ups, and of writes, that one partition may have under way.
     * Further ones are refused, which the cache counts and treats as a miss. Defaults to 128.
     */
    public Builder maxCallsPerPartition(int maxCallsPerPartition) {
      this.maxCallsPerPartition = maxCallsPerPartition;
      return this;
    }

    /**
     * Sets whether entries stay valid after a restart of the server or a failover to a replica.
     * Defaults to false: each partition's entries then become misses once, because the last
     * invalidations may be lost. If true, an invalidated answer can come back if its invalidation
     * was not yet on the replica or on the disk. All processes need the same setting.
     */
    public Builder keepEntriesAfterFailover(boolean keepEntriesAfterFailover) {
      this.keepEntriesAfterFailover = keepEntriesAfterFailover;
      return this;
    }

    /**
     * Sets the interval at which one request is sent while requests are suspended because too many
     * have failed. Defaults to 5 s; a second or more.
     */
    public Builder probeInterval(Duration probeInterval) {
      this.probeInterval = BuilderChecks.usable("probeInterval", probeInterval);
      return this;
    }

    /**
     * Sets the interval after a permission was missing; one such failure is enough. Defaults to 5
     * minutes.
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
     * Returns the store, which begins to connect in the background. Does not wait for the
     * connection: see {@link RedisCacheStore#verify()}.
     *
     * @throws IllegalArgumentException if a setting is missing or unusable
     */
    public RedisCacheStore build() {
      BuilderChecks.check(this);
      RedisCacheStore store = new RedisCacheStore(this);
      store.requests.connect();
      return store;
    }
  }
}
