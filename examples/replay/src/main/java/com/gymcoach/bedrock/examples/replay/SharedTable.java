package com.gymcoach.bedrock.examples.replay;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** An in-memory table shared by all processes of a run, with DynamoDB's units. */
final class SharedTable implements CacheStore {
  private final InMemoryCacheStore store = new InMemoryCacheStore();

  private final TableUnits units = new TableUnits();

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
    return units.readUnits(query, envelopeBytes);
  }

  @Override
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return units.writeUnits(address, envelopeBytes);
  }

  /** Does nothing: the table stays open for the other processes. */
  @Override
  public void close() {}
}
