package com.gymcoach.bedrock.cache.spi.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A blocking store's calls run in the caller's context; what follows them does not. */
@Timeout(60)
class BlockingStoreContextTest {
  private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);
  private static final Executor CONTEXT =
      task -> {
        INSIDE.set(true);
        try {
          task.run();
        } finally {
          INSIDE.remove();
        }
      };
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          CacheScope.user("alice").partitions("test", null).get(0), "chat", new Digest(1, 2, 3, 4));

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch registered = new CountDownLatch(1);
  private final CacheStore store = CacheStore.blocking(new Watched());

  @AfterEach
  void close() {
    store.close();
  }

  private final class Watched implements BlockingCacheStore {
    @Override
    public String name() {
      return "watched";
    }

    private void see(String what) {
      seen.add(what + " " + INSIDE.get());
      try {
        registered.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public StoreRead read(StoreQuery query) {
      see("read");
      return new StoreRead(new byte[] {7}, null);
    }

    @Override
    public void write(EntryAddress address, byte[] envelope, Instant retainUntil) {
      see("write " + envelope.length);
    }

    @Override
    public void mark(
        Partition partition, @Nullable String endpoint, Marker marker, Instant retainUntil) {}

    @Override
    public Set<EntryAddress> deleteAll(Partition partition, @Nullable String endpoint) {
      return Set.of();
    }

    @Override
    public void close() {}
  }

  private <T> T answered(CompletionStage<T> stage) {
    CompletableFuture<T> next =
        stage
            .thenApply(
                answer -> {
                  seen.add("next " + INSIDE.get());
                  return answer;
                })
            .toCompletableFuture();
    registered.countDown();
    return next.join();
  }

  @Test
  void read_withAContext_runsInItAndEndsOutside() {
    StoreRead read = answered(store.read(new StoreQuery(ADDRESS, true, false), CONTEXT));
    assertThat(read.envelope()).containsExactly(7);
    assertThat(seen).containsExactly("read true", "next false");
  }

  @Test
  void write_withAContext_runsInItAndEndsOutside() {
    answered(store.write(ADDRESS, new byte[3], Instant.EPOCH, CONTEXT).thenApply(done -> ADDRESS));
    assertThat(seen).containsExactly("write 3 true", "next false");
  }

  /** The refused read has not run, nor has it left the thread in the context. */
  @Test
  void read_whenTheContextThrows_failsWithIt() {
    IllegalStateException broken = new IllegalStateException("broken");
    CompletionStage<StoreRead> read =
        store.read(
            new StoreQuery(ADDRESS, true, false),
            task -> {
              throw broken;
            });
    assertThat(read.handle((answer, failure) -> failure).toCompletableFuture().join())
        .hasCause(broken);
    assertThat(seen).isEmpty();
  }
}
