package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.sun.management.ThreadMXBean;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Entries that Lettuce keeps for a Redis that does not answer, each of another user. */
@Timeout(120)
class MemoryTest {
  private static final byte[] ENVELOPE = new byte[10 * 1024 * 1024];

  /** Fewer than open the breaker. */
  private static final int FITTING = 6;

  private static CompletableFuture<Void> write(CacheStore store, int user) {
    Partition partition = new Partition("default", new Digest(user, 2, 3, 4), Partition.WHOLE);
    EntryAddress address = new EntryAddress(partition, "chat", new Digest(5, 6, 7, 8));
    return store.write(address, ENVELOPE, Instant.now().plusSeconds(3600)).toCompletableFuture();
  }

  private static void assertFails(
      CompletableFuture<Void> write, Class<? extends Throwable> failure) {
    assertThat(write)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(failure);
  }

  @Test
  void write_whenSixtyFourMegabytesAreUnanswered_isRefusedUntilTheyAreAnswered() throws Exception {
    RedisClient client = RedisClient.create();
    try (RedisServer server = RedisServer.start();
        TcpProxy proxy = new TcpProxy(server.port());
        CacheStore store =
            RedisCacheStore.builder()
                .client(client, RedisURI.builder(server.uri()).withPort(proxy.port()).build())
                .writeBudget(Duration.ofMillis(500))
                .build()) {
      proxy.play(TcpProxy.Mode.SILENT);
      List<CompletableFuture<Void>> writes = new ArrayList<>();
      for (int user = 0; user < FITTING; user++) {
        writes.add(write(store, user));
      }
      for (CompletableFuture<Void> each : writes) { // their callers have stopped waiting
        assertFails(each, TimeoutException.class);
      }
      assertFails(write(store, FITTING), StoreBusyException.class);
      assertThat(store.isAvailable()).isTrue();
      proxy.leave();
      proxy.play(TcpProxy.Mode.HEALTHY);
      Await.until(
          "they are answered",
          () -> write(store, FITTING).handle((written, failure) -> failure == null).join());
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  /** An outage must not cost its callers a copy of each answer. */
  @Test
  void write_thatIsRefused_copiesNothing() throws Exception {
    RedisClient client = RedisClient.create();
    try (RedisServer server = RedisServer.start();
        TcpProxy proxy = new TcpProxy(server.port());
        CacheStore store =
            RedisCacheStore.builder()
                .client(client, RedisURI.builder(server.uri()).withPort(proxy.port()).build())
                .maxCallsPerPartition(1)
                .writeBudget(Duration.ofMinutes(1))
                .build()) {
      proxy.play(TcpProxy.Mode.SILENT);
      CompletableFuture<Void> first = write(store, 1);
      long before = allocatedHere();
      CompletableFuture<Void> refused = write(store, 1);
      assertThat(allocatedHere() - before).isLessThan(1_000_000);
      assertFails(refused, StoreBusyException.class);
      assertThat(first).isNotDone();
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    }
  }

  private static long allocatedHere() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  @Test
  void enter_whenEntriesHaveLeft_hasTheirPlacesAgain() {
    BytesUnderWay bytes = new BytesUnderWay(10);
    assertThat(bytes.enter(6)).isTrue();
    assertThat(bytes.enter(4)).isTrue();
    assertThat(bytes.enter(1)).isFalse();
    bytes.leave(4);
    assertThat(bytes.enter(5)).isFalse();
    assertThat(bytes.enter(4)).isTrue();
    bytes.leave(4);
    bytes.leave(6);
    assertThat(bytes.enter(11)).as("one is always written").isTrue();
    assertThat(bytes.enter(1)).isFalse();
    bytes.leave(11);
    assertThat(bytes.enter(10)).isTrue();
  }
}
