package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store whose next read is answered at once, and hands its answer over when told. */
final class GatedStore extends ForwardingStore {
  private volatile @Nullable CompletableFuture<Void> gate;

  GatedStore() {
    super(new FakeStore());
  }

  /** Holds back the answer to the next read, and to no other. */
  CompletableFuture<Void> holdNext() {
    CompletableFuture<Void> next = new CompletableFuture<>();
    gate = next;
    return next;
  }

  @Override
  public CompletionStage<StoreRead> read(StoreQuery query) {
    CompletionStage<StoreRead> read = store.read(query);
    CompletableFuture<Void> held = gate;
    gate = null;
    return held == null ? read : held.thenCompose(open -> read);
  }

  @Override
  public Duration readBudget() {
    return Duration.ofMinutes(1);
  }
}
