package com.gymcoach.bedrock.micrometer;

import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store whose circuit breaker is open. */
final class SwitchedOffStore implements CacheStore {
  private static <T> CompletionStage<T> refused() {
    return CompletableFuture.failedFuture(new StoreUnavailableException());
  }

  @Override
  public boolean isAvailable() {
    return false;
  }

  @Override
  public String name() {
    return "off";
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    return refused();
  }

  @Override
  public CompletionStage<Void> write(EntryAddress address, byte[] envelope, Instant retainUntil) {
    return refused();
  }

  @Override
  public CompletionStage<Void> mark(
      Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {
    return refused();
  }

  @Override
  public CompletionStage<Set<EntryAddress>> deleteAll(
      Partition partition, @Nullable String endpoint) {
    return refused();
  }

  @Override
  public void close() {}
}
