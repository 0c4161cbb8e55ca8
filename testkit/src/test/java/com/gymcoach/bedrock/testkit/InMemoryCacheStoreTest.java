package com.gymcoach.bedrock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * What its users script and count; that it is a store is {@link InMemoryCacheStoreContractTest}.
 */
class InMemoryCacheStoreTest {
  private static final Digest DIGEST = new Digest(1, 2, 3, 4);
  private static final Partition PARTITION = new Partition("prod", DIGEST, Partition.WHOLE);
  private static final EntryAddress ADDRESS = new EntryAddress(PARTITION, "chat", DIGEST);
  private static final StoreQuery QUERY = new StoreQuery(ADDRESS, true, false);

  private final InMemoryCacheStore store = new InMemoryCacheStore();

  private CompletableFuture<StoreRead> read() {
    return store.read(QUERY).toCompletableFuture();
  }

  @Test
  void hold_whenCalled_keepsLaterCallsWaitingUntilRelease() {
    store.hold();
    CompletableFuture<StoreRead> held = read();
    assertThat(held).isNotDone();
    store.release();
    assertThat(held).isCompleted();
    assertThat(read()).isCompleted();
  }

  @Test
  void failWith_whenCalled_failsLaterCallsWithThatUntilRecover() {
    IllegalStateException failure = new IllegalStateException("scripted");
    store.failWith(() -> failure);
    assertThat(Stages.failure("read", () -> store.read(QUERY))).isSameAs(failure);
    store.recover();
    assertThat(read()).isCompleted();
  }

  @Test
  void counters_whenCallsFailToo_countEachByItsKind() {
    store.failWith(() -> new IllegalStateException("scripted"));
    assertThat(read()).isCompletedExceptionally();
    assertThat(read()).isCompletedExceptionally();
    store.write(ADDRESS, new byte[1], Instant.EPOCH);
    store.recover();
    store.mark(PARTITION, null, new Marker(1, 1), Instant.EPOCH);
    store.deleteAll(PARTITION, null);
    assertThat(store.reads()).isEqualTo(2);
    assertThat(store.writes()).isEqualTo(1);
    assertThat(store.marks()).isEqualTo(1);
    assertThat(store.deletes()).isEqualTo(1);
  }

  @Test
  void write_whenRetentionHasPassed_keepsTheEntry() {
    store.write(ADDRESS, new byte[] {7}, Instant.EPOCH);
    assertThat(Stages.get(store.read(QUERY)).envelope()).containsExactly(7);
  }
}
