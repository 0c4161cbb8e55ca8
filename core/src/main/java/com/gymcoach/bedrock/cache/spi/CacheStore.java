package com.gymcoach.bedrock.cache.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The warm tier: envelopes by address, and the markers that invalidations leave.
 *
 * <p>A store knows nothing of what an envelope holds. It fails by completing the stage that it
 * returned, never by throwing; the cache treats each failure as a miss and counts it. It must be
 * safe for use by many threads. Extend {@code CacheStoreContract} of the testkit to check an
 * implementation. For a store that blocks, implement {@link BlockingCacheStore} and adapt it with
 * {@link #blocking(BlockingCacheStore)}.
 */
public interface CacheStore extends AutoCloseable {

  /**
   * Returns the name of the place that holds the entries, such as a table's. It is part of each
   * entry's check sum: an entry copied into another table is not taken there.
   */
  String name();

  /**
   * Reads an entry with the markers in force. Both come from reads that see every write and every
   * mark acknowledged before this call began: an entry older than an invalidation must not appear
   * beside the marker from before it.
   */
  CompletionStage<StoreRead> read(StoreQuery query);

  /**
   * Writes an entry, over another where there is one.
   *
   * @param retainUntil from when on the store may delete the entry; whether it is still good is
   *     decided by the cache on read
   */
  CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil);

  /**
   * Puts a marker in force for a partition, or for one endpoint of it. When the stage completes
   * normally every later {@link #read} sees it.
   *
   * @param endpoint the endpoint, or null for the whole partition
   * @param retainUntil until when the marker must be kept
   */
  CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil);

  /**
   * Deletes the entries of a partition, or of one endpoint of it, and no marker.
   *
   * @param endpoint the endpoint, or null for the whole partition
   * @return the addresses of the entries that were there and are gone
   */
  CompletionStage<Set<EntryAddress>> deleteAll(Partition partition, @Nullable String endpoint);

  /**
   * Does the same, and tells of entries as they go: an invalidation that returns before all of them
   * are gone can then say how many are. By default it tells of them at the end.
   *
   * @param gone is given each address once; safe for use by many threads
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
   * Returns how long a call may wait for {@link #read}. The cache keeps to it by a timer of its
   * own. By default 50 ms.
   */
  default Duration readBudget() {
    return Duration.ofMillis(50);
  }

  /**
   * Returns how long a call that is made now may wait for {@link #read}: longer than {@link
   * #readBudget} while the process is cold. A call that has little time takes a quarter of what it
   * has left, or the ordinary budget if that is more. By default {@link #readBudget}.
   */
  default Duration currentReadBudget() {
    return readBudget();
  }

  /** Returns how long a call may wait for {@link #write}. By default 250 ms. */
  default Duration writeBudget() {
    return Duration.ofMillis(250);
  }

  /** Returns the size of the largest envelope that the store takes, in bytes. By default 350 KB. */
  default int maxEnvelopeBytes() {
    return 350 * 1024;
  }

  /**
   * Returns what a look-up costs in the store's own read units, for the arithmetic of savings. By
   * default nothing.
   *
   * @param envelopeBytes the size of the entry that was found, 0 for none
   */
  default double readUnits(StoreQuery query, int envelopeBytes) {
    return 0;
  }

  /** Returns the same of a write, in write units. By default nothing. */
  default double writeUnits(EntryAddress address, int envelopeBytes) {
    return 0;
  }

  /** Releases what the store itself created. Safe to call twice. */
  @Override
  void close();

  /**
   * Adapts a store that blocks. It runs on up to eight daemon threads of its own, with up to 256
   * calls waiting; further ones fail at once, which the cache counts and treats as a miss.
   */
  static CacheStore blocking(BlockingCacheStore store) {
    return BlockingStoreAdapter.withOwnThreads(store);
  }
}
