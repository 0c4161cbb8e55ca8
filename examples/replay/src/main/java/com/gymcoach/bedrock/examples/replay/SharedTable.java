package com.gymcoach.bedrock.examples.replay;

import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.StoreQuery;
import com.gymcoach.bedrock.cache.spi.StoreRead;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A table in memory that all processes of a run share, with DynamoDB's units. */
final class SharedTable implements CacheStore {
  /** Keys, names and the number of an item, as docs/dynamodb-table.md counts them. */
  private static final int ITEM_OVERHEAD = 121;

  private static final double READ_UNIT = 4096;
  private static final double WRITE_UNIT = 1024;

  private final InMemoryCacheStore store = new InMemoryCacheStore();

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    return store.read(query);
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    return store.write(address, envelope, retainUntil);
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    return store.mark(partition, endpoint, marker, retainUntil);
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    return store.deleteAll(partition, endpoint);
  }

  @Override
  public double readUnits(StoreQuery query, int envelopeBytes) {
    int markers = query.withNamespaceMarker() ? 2 : 1;
    int entry =
        envelopeBytes == 0 ? 1 : (int) Math.ceil((envelopeBytes + ITEM_OVERHEAD) / READ_UNIT);
    return markers + (query.withEntry() ? entry : 0);
  }

  @Override
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return Math.ceil((envelopeBytes + ITEM_OVERHEAD) / WRITE_UNIT);
  }

  /** Stays open for the other processes. */
  @Override
  public void close() {}
}
