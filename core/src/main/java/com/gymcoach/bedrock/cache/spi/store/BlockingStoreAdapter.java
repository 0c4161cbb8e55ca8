package com.gymcoach.bedrock.cache.spi.store;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs a blocking store on a small bounded pool. */
final class BlockingStoreAdapter implements CacheStore {
  private final BlockingCacheStore store;
  private final ExecutorService executor;

  private BlockingStoreAdapter(BlockingCacheStore store, ExecutorService executor) {
    this.store = store;
    this.executor = executor;
  }

  static CacheStore withOwnThreads(BlockingCacheStore store) {
    Objects.requireNonNull(store, "store");
    return new BlockingStoreAdapter(store, StoreThreads.create("bedrock-cache-store"));
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    return run(() -> store.read(query));
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query, Executor context) {
    return run(() -> StoreThreads.callIn(context, () -> store.read(query)));
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    return run(
        () -> {
          store.write(address, envelope, retainUntil);
          return null;
        });
  }

  @Override
  public CompletionStage<Void> write(
      EntryAddress address, byte[] envelope, Instant retainUntil, Executor context) {
    return run(
        () -> {
          context.execute(() -> store.write(address, envelope, retainUntil));
          return null;
        });
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    return run(
        () -> {
          store.mark(partition, endpoint, marker, retainUntil);
          return null;
        });
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    return run(() -> store.deleteAll(partition, endpoint));
  }

  @Override
  public CompletionStage<String> readSettings(String namespace) {
    return run(() -> store.readSettings(namespace));
  }

  @Override
  public Duration readBudget() {
    return store.readBudget();
  }

  @Override
  public Duration currentReadBudget() {
    return store.currentReadBudget();
  }

  @Override
  public Duration writeBudget() {
    return store.writeBudget();
  }

  @Override
  public int maxEnvelopeBytes() {
    return store.maxEnvelopeBytes();
  }

  @Override
  public double readUnits(StoreQuery query, int envelopeBytes) {
    return store.readUnits(query, envelopeBytes);
  }

  @Override
  public double writeUnits(EntryAddress address, int envelopeBytes) {
    return store.writeUnits(address, envelopeBytes);
  }

  @Override
  public void close() {
    StoreThreads.close(executor);
    store.close();
  }

  private <T extends @Nullable Object> CompletionStage<T> run(Supplier<T> call) {
    try {
      return CompletableFuture.supplyAsync(call, executor);
    } catch (RuntimeException rejected) {
      return CompletableFuture.failedFuture(rejected);
    }
  }
}
