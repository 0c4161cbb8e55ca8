package com.gymcoach.bedrock.cache.spi.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The warm tier: stores envelopes by address, and the markers that invalidations leave.
 *
 * <p>An envelope is opaque to the store. A store reports a failure by completing the returned stage
 * exceptionally, never by throwing; the cache counts each failure and treats it as a miss.
 * Implementations must be thread-safe. They copy arrays on the way in and out, unless no other code
 * can reach them. Extend {@code CacheStoreContract} of the testkit to check an implementation. For
 * a blocking store, implement {@link BlockingCacheStore} and adapt it with {@link
 * #blocking(BlockingCacheStore)}.
 */
public interface CacheStore extends AutoCloseable {
  /** The read budget of a store that does not say otherwise. */
  Duration DEFAULT_READ_BUDGET = Duration.ofMillis(50);

  /** The write budget of a store that does not say otherwise. */
  Duration DEFAULT_WRITE_BUDGET = Duration.ofMillis(250);

  /** The size limit of envelopes of a store that does not say otherwise, in bytes. */
  int DEFAULT_MAX_ENVELOPE_BYTES = 350 * 1024;

  /**
   * Returns the name of the place that holds the entries, such as a table name. The name is part of
   * each entry's checksum, so an entry copied into another table is rejected there.
   */
  String name();

  /**
   * Reads an entry and the markers in force. Both reads must see every write and every mark
   * acknowledged before this call began: an entry older than an invalidation must never be returned
   * with the marker from before that invalidation.
   */
  CompletionStage<StoreRead> read(StoreQuery query);

  /**
   * Reads as {@link #read(StoreQuery)} does, for a call that has a tracer. A store that sends its
   * requests on its own threads overrides this and sends them through {@code context}, so that they
   * belong to the call's trace. By default reads without it.
   *
   * @param context runs a task on the thread that calls {@code execute}, before that returns, while
   *     the call's trace is current there; throws what the task throws
   */
  default CompletionStage<StoreRead> read(StoreQuery query, Executor context) {
    return read(query);
  }

  /**
   * Reads for a caller whose thread is blocked until the stage completes, as that of a sync client
   * is. A store may make the look-up on this thread, if that takes no longer than its read budget.
   * By default reads as for any other caller.
   *
   * @param context as for {@link #read(StoreQuery, Executor)}, or null if the call has no tracer
   */
  default CompletionStage<StoreRead> readForBlockedCaller(
      StoreQuery query, @Nullable Executor context) {
    return context == null ? read(query) : read(query, context);
  }

  /**
   * Does several reads at once for a call that needs all of them, such as a batch of texts. A store
   * that can read several entries in one request overrides this. By default does each by itself.
   *
   * @param queries up to 96 reads of different entries of one partition and endpoint
   * @param context as for {@link #read(StoreQuery, Executor)}, or null if the call has no tracer
   * @return a stage for each of them, in the same order
   */
  default List<CompletionStage<StoreRead>> readAll(
      List<StoreQuery> queries, @Nullable Executor context) {
    List<CompletionStage<StoreRead>> reads = new ArrayList<>();
    for (StoreQuery query : queries) {
      reads.add(context == null ? read(query) : read(query, context));
    }
    return reads;
  }

  /**
   * Writes an entry, replacing any entry at the same address.
   *
   * @param retainUntil the time from which the store may delete the entry; the cache itself checks
   *     on read whether an entry has expired
   */
  CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil);

  /**
   * Writes as {@link #write(EntryAddress, byte[], Instant)} does, for a call that has a tracer. By
   * default writes without the context.
   *
   * @param context as for {@link #read(StoreQuery, Executor)}
   */
  default CompletionStage<Void> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, Executor context) {
    return write(address, envelope, retainUntil);
  }

  /**
   * Puts a marker in force for a partition, or for one endpoint of it. Once the stage has completed
   * normally, every later {@link #read} must see the marker, or one that has come into force since
   * this call began.
   *
   * <p>A marker must not come into force again once another has replaced it: entries made under it
   * would come back. So if a client sends requests again by itself, turn that off, or replace only
   * the marker that was in force when this call began.
   *
   * @param endpoint the endpoint, or null for the whole partition
   * @param retainUntil the time until which the store must keep the marker
   */
  CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil);

  /**
   * Deletes the entries of a partition, or of one endpoint of it. Must not delete markers.
   *
   * @param endpoint the endpoint, or null for the whole partition
   * @return the addresses of the entries that existed and were deleted
   */
  CompletionStage<Set<EntryAddress>> deleteAll(Partition partition, @Nullable String endpoint);

  /**
   * Deletes entries as {@link #deleteAll(Partition, String)} does, and reports each one as it is
   * deleted. An invalidation that returns before all entries are deleted can then say how many
   * were. By default all are reported at the end.
   *
   * @param gone receives each address once; thread-safe
   */
  default CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint, Consumer<EntryAddress> gone) {
    return deleteAll(partition, endpoint)
        .thenApply(
            all -> {
              all.forEach(gone);
              return all;
            });
  }

  /**
   * Reads the text of a namespace's {@link com.gymcoach.bedrock.cache.LiveSettings}, even if the
   * store currently refuses look-ups because too many have failed. By default this fails, because
   * the store keeps no settings.
   *
   * @return the text, empty if there are no settings
   */
  default CompletionStage<String> readSettings(String namespace) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("This store keeps no live settings"));
  }

  /**
   * Returns whether the store sends requests: false while its circuit breaker is open. For health
   * checks; the cache calls the store in either case. Must not block. Defaults to true.
   */
  default boolean isAvailable() {
    return true;
  }

  /**
   * Returns the read budget: the longest a call waits for {@link #read}. The cache enforces it with
   * its own timer. Defaults to 50 ms.
   */
  default Duration readBudget() {
    return DEFAULT_READ_BUDGET;
  }

  /**
   * Returns the read budget of a call made now, which may be longer than {@link #readBudget} while
   * the process is cold. If {@code apiCallTimeout} limits a call, it waits at most a quarter of its
   * remaining time, or {@link #readBudget} if that is longer. Defaults to {@link #readBudget}.
   */
  default Duration currentReadBudget() {
    return readBudget();
  }

  /** Returns the write budget: the longest a call waits for {@link #write}. Defaults to 250 ms. */
  default Duration writeBudget() {
    return DEFAULT_WRITE_BUDGET;
  }

  /**
   * Returns the size of the largest envelope that the store accepts, in bytes. Defaults to 350 KiB.
   */
  default int maxEnvelopeBytes() {
    return DEFAULT_MAX_ENVELOPE_BYTES;
  }

  /**
   * Returns the cost of a look-up in the store's read units, used to calculate savings. Defaults to
   * 0.
   *
   * @param envelopeBytes the size of the entry found, or 0 if there was none
   */
  default double readUnits(StoreQuery query, int envelopeBytes) {
    return 0;
  }

  /**
   * Returns the cost of the look-ups of {@link #readAll}. Defaults to the sum of what each costs by
   * itself.
   *
   * @param envelopeBytes the size of each entry found, or 0 if there was none
   */
  default double readUnits(List<StoreQuery> queries, List<Integer> envelopeBytes) {
    double units = 0;
    for (int i = 0; i < queries.size(); i++) {
      units += readUnits(queries.get(i), envelopeBytes.get(i));
    }
    return units;
  }

  /** Returns the cost of a write in the store's write units. Defaults to 0. */
  default double writeUnits(EntryAddress address, int envelopeBytes) {
    return 0;
  }

  /**
   * Releases the resources that the store itself created. When it returns, none of its threads
   * should use a client that its owner may now close. Safe to call twice.
   */
  @Override
  void close();

  /**
   * Adapts a blocking store. Its calls run on up to eight daemon threads of the adapter, and up to
   * 256 more calls wait in a queue. If the queue is full, a call fails immediately with a {@link
   * StoreBusyException}, which the cache counts and treats as a miss.
   */
  static CacheStore blocking(BlockingCacheStore store) {
    return BlockingStoreAdapter.withOwnThreads(store);
  }
}
