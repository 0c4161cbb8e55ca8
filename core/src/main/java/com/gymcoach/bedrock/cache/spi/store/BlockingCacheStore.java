package com.gymcoach.bedrock.cache.spi.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CacheStore} whose methods block, and throw if they fail. Each method has the contract of
 * the one of the same name there. Implementations must be thread-safe: up to eight threads call
 * them at a time. Adapt an implementation with {@link CacheStore#blocking(BlockingCacheStore)}.
 */
public interface BlockingCacheStore extends AutoCloseable {

  /** See {@link CacheStore#name()}. */
  String name();

  /** See {@link CacheStore#read}. */
  StoreRead read(StoreQuery query);

  /** See {@link CacheStore#write}. */
  void write(EntryAddress address, byte[] envelope, Instant retainUntil);

  /** See {@link CacheStore#mark}. */
  void mark(Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil);

  /** See {@link CacheStore#deleteAll}. */
  Set<EntryAddress> deleteAll(Partition partition, @Nullable String endpoint);

  /** See {@link CacheStore#readSettings(String)}. */
  default String readSettings(String namespace) {
    throw new UnsupportedOperationException("This store keeps no live settings");
  }

  /** See {@link CacheStore#readBudget()}. */
  default Duration readBudget() {
    return CacheStore.DEFAULT_READ_BUDGET;
  }

  /** See {@link CacheStore#currentReadBudget()}. */
  default Duration currentReadBudget() {
    return readBudget();
  }

  /** See {@link CacheStore#writeBudget()}. */
  default Duration writeBudget() {
    return CacheStore.DEFAULT_WRITE_BUDGET;
  }

  /** See {@link CacheStore#maxEnvelopeBytes()}. */
  default int maxEnvelopeBytes() {
    return CacheStore.DEFAULT_MAX_ENVELOPE_BYTES;
  }

  /** See {@link CacheStore#readUnits}. */
  default double readUnits(StoreQuery query, int envelopeBytes) {
    return 0;
  }

  /** See {@link CacheStore#writeUnits}. */
  default double writeUnits(EntryAddress address, int envelopeBytes) {
    return 0;
  }

  /** See {@link CacheStore#close()}. */
  @Override
  void close();
}
