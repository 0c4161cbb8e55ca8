package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Forwards to a fake store; subclasses override methods. */
class ForwardingStore implements CacheStore {
  final FakeStore store;

  ForwardingStore(FakeStore store) {
    this.store = store;
  }

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
  public Duration readBudget() {
    return store.readBudget();
  }

  @Override
  public Duration writeBudget() {
    return store.writeBudget();
  }

  @Override
  public void close() {}
}
