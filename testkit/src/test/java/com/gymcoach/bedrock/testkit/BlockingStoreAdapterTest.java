package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/**
 * The part that the adapter adds to a blocking store; the rest is in {@link
 * BlockingStoreContractTest}.
 */
class BlockingStoreAdapterTest {
  /** The threads and the queue that {@link CacheStore#blocking} documents. */
  private static final int TAKEN = 8 + 256;

  private static final Digest DIGEST = new Digest(1, 2, 3, 4);
  private static final StoreQuery QUERY =
      new StoreQuery(
          new EntryAddress(new Partition("prod", DIGEST, Partition.WHOLE), "chat", DIGEST),
          true,
          false);

  @Test
  void read_whenTheStoreHangs_returnsAtOnceAndFailsBeyondTheQueue() {
    BlockingMapStore.Backend backend = new BlockingMapStore.Backend();
    CountDownLatch gate = backend.hold();
    try (CacheStore store = CacheStore.blocking(new BlockingMapStore(backend))) {
      List<CompletableFuture<StoreRead>> reads = new ArrayList<>();
      for (int i = 0; i < TAKEN; i++) {
        reads.add(store.read(QUERY).toCompletableFuture());
      }
      assertThat(reads).noneMatch(CompletableFuture::isDone);
      assertThat(Stages.failure("read", () -> store.read(QUERY)))
          .isInstanceOf(RejectedExecutionException.class);
      gate.countDown();
      reads.forEach(Stages::get);
      assertThat(Stages.get(store.read(QUERY)).envelope()).isNull();
    }
  }
}
