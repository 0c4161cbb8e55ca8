package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A primary that has become a replica, whose clients stay connected to it. It has not found the new
 * primary yet, so its data and its ids are those from before.
 */
@Timeout(120)
class FailoverTest {
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final EntryAddress ADDRESS =
      new EntryAddress(ALICE, "chat", new Digest(5, 6, 7, 8));

  private RedisServer first;
  private RedisServer second;
  private TcpProxy name;
  private RedisClient client;

  @BeforeEach
  void start() {
    first = RedisServer.start();
    second = RedisServer.start();
    name = new TcpProxy(first.port());
    client = RedisClient.create();
  }

  @AfterEach
  void stop() throws IOException {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    name.close();
    second.close();
    first.close();
  }

  private RedisCacheStore store(boolean keepEntries) {
    return RedisCacheStore.builder()
        .client(client, RedisURI.builder(first.uri()).withPort(name.port()).build())
        .keepEntriesAfterFailover(keepEntries)
        .readBudget(Duration.ofSeconds(10))
        .writeBudget(Duration.ofSeconds(10))
        .build();
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static CompletionStage<StoreRead> read(CacheStore store) {
    return store.read(new StoreQuery(ADDRESS, true, true));
  }

  private static Instant later() {
    return Instant.now().plusSeconds(3600);
  }

  private void demote(RedisServer server) {
    RedisCommands<String, String> redis = client.connect(server.uri()).sync();
    redis.replicaof("127.0.0.1", RedisServer.freePort()); // nothing answers there
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void read_whenTheServerHasBecomeAReplica_failsAndThenAsksTheOneThatTheNameLeadsTo(
      boolean keepEntries) {
    try (CacheStore store = store(keepEntries)) {
      get(store.write(ADDRESS, new byte[] {1}, later()));
      assertThat(get(read(store)).envelope()).containsExactly(1);
      demote(first);
      assertThat(read(store).toCompletableFuture())
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(RedisReadOnlyException.class);
      name.leadTo(second.port());
      Await.until(
          "the new primary is asked",
          () ->
              read(store).handle((read, failure) -> failure == null).toCompletableFuture().join());
      StoreRead read = get(read(store));
      assertThat(read.envelope()).isNull();
      assertThat(read.markers()).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void mark_whenTheServerHasBecomeAReplica_failsAndThenMarksTheOneThatTheNameLeadsTo(
      boolean keepEntries) {
    try (CacheStore store = store(keepEntries)) {
      get(read(store));
      demote(first);
      name.leadTo(second.port());
      Marker marker = new Marker(1, 2);
      assertThat(store.mark(ALICE, null, marker, later()).toCompletableFuture())
          .failsWithin(Duration.ofSeconds(20));
      Await.until(
          "the new primary is marked",
          () ->
              store
                  .mark(ALICE, null, marker, later())
                  .handle((marked, failure) -> failure == null)
                  .toCompletableFuture()
                  .join());
      assertThat(Objects.requireNonNull(get(read(store)).markers()).scope()).isEqualTo(marker);
    }
  }
}
