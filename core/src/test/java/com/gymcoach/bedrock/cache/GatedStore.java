package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.CacheStore;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.StoreQuery;
import com.gymcoach.bedrock.cache.spi.StoreRead;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store whose next read is answered at once, and hands its answer over when told. */
final class GatedStore implements CacheStore {
  final FakeStore store = new FakeStore();
  private volatile @Nullable CompletableFuture<Void> gate;

  /** Holds back the answer to the next read, and to no other. */
  CompletableFuture<Void> holdNext() {
    CompletableFuture<Void> next = new CompletableFuture<>();
    gate = next;
    return next;
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    CompletionStage<StoreRead> read = store.read(query);
    CompletableFuture<Void> held = gate;
    gate = null;
    return held == null ? read : held.thenCompose(open -> read);
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
  public Duration readBudget() {
    return Duration.ofMinutes(1);
  }

  @Override
  public void close() {}
}
