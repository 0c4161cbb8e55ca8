package com.gymcoach.bedrock.opentelemetry;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Answers look-ups on a separate thread, as a store's client does. */
final class ElsewhereStore implements CacheStore {
  private final CacheStore store;
  private final Executor thread;
  private volatile CountDownLatch gate = new CountDownLatch(0);

  ElsewhereStore(CacheStore store, Executor thread) {
    this.store = store;
    this.thread = thread;
  }

  /** Holds later look-ups until {@link #release()}. */
  void hold() {
    gate = new CountDownLatch(1);
  }

  void release() {
    gate.countDown();
  }

  @Override
  public String name() {
    return "elsewhere";
  }

  /** Long, or a slow machine would do without the store. */
  @Override
  public Duration readBudget() {
    return Duration.ofSeconds(30);
  }

  @Override
  public Duration writeBudget() {
    return Duration.ofSeconds(30);
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    CountDownLatch held = gate;
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            held.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return store.read(query).toCompletableFuture().join(); // it is in memory
        },
        thread);
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retain) {
    return store.write(address, envelope, retain);
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retain) {
    return store.mark(partition, endpoint, marker, retain);
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    return store.deleteAll(partition, endpoint);
  }

  @Override
  public void close() {
    store.close();
  }
}
