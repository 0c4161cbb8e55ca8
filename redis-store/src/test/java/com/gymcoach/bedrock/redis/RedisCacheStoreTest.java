package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.redis.Asking.Way;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(120)
@TestInstance(Lifecycle.PER_CLASS)
class RedisCacheStoreTest {
  private static final RedisLayout LAYOUT = new RedisLayout("CACHE:");
  private static final EntryAddress ADDRESS =
      new EntryAddress(
          new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE),
          "chat",
          new Digest(5, 6, 7, 8));

  private RedisServer server;
  private RedisClient client;
  private RedisCommands<String, String> redis;

  @BeforeAll
  void start() {
    server = RedisServer.start();
    client = RedisClient.create();
    redis = client.connect(server.uri()).sync();
  }

  @AfterAll
  void stop() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
    server.close();
  }

  private RedisCacheStore.Builder builder() {
    return RedisCacheStore.builder()
        .client(client, server.uri())
        .readBudget(Duration.ofSeconds(10))
        .writeBudget(Duration.ofSeconds(10));
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static StoreRead read(RedisCacheStore store) {
    return get(store.read(new StoreQuery(ADDRESS, true, true)));
  }

  private static String text(byte[] key) {
    return RedisLayout.text(key);
  }

  @Test
  void verify_ofAPlainServer_findsNoProblemAndLeavesNoKey() {
    redis.flushall();
    try (RedisCacheStore store = builder().build()) {
      assertThat(store.verify()).isEmpty();
    }
    assertThat(redis.keys("*")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void cache_ofAnotherProcess_findsAndInvalidates(Way way) {
    redis.flushall();
    try (Asking asking = new Asking(way);
        BedrockCache one = BedrockCache.builder().hotMaxBytes(0).store(builder().build()).build();
        BedrockCache other =
            BedrockCache.builder().hotMaxBytes(0).store(builder().build()).build()) {
      assertThat(asking.ask(one, "question")).isEqualTo("1");
      assertThat(asking.ask(other, "question")).isEqualTo("1");
      assertThat(other.invalidate(Asking.ALICE)).isEqualTo(1);
      assertThat(asking.ask(one, "question")).isEqualTo("2");
      assertThat(one.stats().faults()).isEmpty();
      assertThat(other.stats().faults()).isEmpty();
    }
  }

  /** In memory and in Redis, even if the marker is gone: the one after it is another. */
  @ParameterizedTest
  @EnumSource(Way.class)
  void cache_whenAMarkerWasEvictedAfterAnInvalidation_asksAnew(Way way) {
    redis.flushall();
    try (Asking asking = new Asking(way);
        BedrockCache cache =
            BedrockCache.builder().hotMaxBytes(0).store(builder().build()).build()) {
      assertThat(asking.ask(cache, "question")).isEqualTo("1");
      String entry = redis.keys("*:E:*").get(0);
      byte[] kept = redis.dump(entry);
      cache.invalidate(Asking.ALICE);
      redis.restore(entry, 0, kept); // as if its deletion had been lost
      redis.keys("*:M").forEach(redis::del);
      assertThat(asking.ask(cache, "question")).isEqualTo("2");
    }
  }

  @Test
  void read_ofAForeignOrTooLargeValue_isABrokenEntry() {
    redis.flushall();
    String key = text(LAYOUT.entryKey(ADDRESS));
    try (RedisCacheStore store = builder().maxEnvelopeBytes(100).build()) {
      get(store.write(ADDRESS, new byte[100], Instant.now().plusSeconds(60)));
      assertThat(read(store).envelope()).hasSize(100);
      redis.set(key, "x".repeat(101));
      assertThat(read(store).envelope()).isEmpty();
      redis.del(key);
      redis.sadd(key, "x");
      assertThat(read(store).envelope()).isEmpty();
      assertThat(read(store).markers()).isNotNull();
    }
  }

  @Test
  void read_ofMarkersThatAreNone_knowsNone() {
    redis.flushall();
    String key = text(LAYOUT.markersKey(ADDRESS.partition()));
    try (RedisCacheStore store = builder().build()) {
      redis.set(key, "no hash");
      assertThat(read(store).markers()).isNull();
      redis.del(key);
      assertThat(read(store).markers()).isNotNull();
      redis.hset(key, "s", "short");
      assertThat(read(store).markers()).isNull();
      redis.del(key);
      redis.set(text(LAYOUT.namespaceKey("default")), "no hash");
      assertThat(read(store).markers()).isNull();
    }
  }

  @Test
  void readSettings_whenAnOperatorHasSetThem_comeAloneAndWithTheMarker() {
    redis.flushall();
    try (RedisCacheStore store = builder().build()) {
      assertThat(get(store.readSettings("default"))).isEmpty();
      redis.set("CACHE:{default}:S", "{\"rolloutPercent\":0}");
      assertThat(get(store.readSettings("default"))).isEqualTo("{\"rolloutPercent\":0}");
      assertThat(read(store).settings()).isEqualTo("{\"rolloutPercent\":0}");
      redis.set("CACHE:{default}:S", "x".repeat(65 * 1024));
      assertThat(store.readSettings("default").toCompletableFuture())
          .failsWithin(Duration.ofSeconds(10));
    }
  }

  @Test
  void write_ofFourMegabytes_isReadAgain() {
    byte[] large = new byte[4 * 1024 * 1024];
    large[large.length - 1] = 7;
    try (RedisCacheStore store = builder().maxEnvelopeBytes(large.length).build()) {
      get(store.write(ADDRESS, large, Instant.now().plusSeconds(60)));
      assertThat(read(store).envelope()).isEqualTo(large);
    }
  }

  /** A server may forget its scripts at any time. */
  @Test
  void everything_afterScriptsWereFlushed_works() {
    try (RedisCacheStore store = builder().build()) {
      redis.scriptFlush();
      get(store.write(ADDRESS, new byte[] {1}, Instant.now().plusSeconds(60)));
      redis.scriptFlush();
      assertThat(read(store).envelope()).containsExactly(1);
    }
  }

  /** A callback of an async caller may take long, and must not hold up the connection. */
  @Test
  void read_whenItsStageCompletes_isOnAThreadOfTheStore() {
    try (RedisCacheStore store = builder().build()) {
      Await.until( // a stage that is complete already says nothing
          "a callback runs after the reply",
          () -> {
            AtomicReference<Thread> on = new AtomicReference<>();
            CompletableFuture<Void> noted =
                store
                    .read(new StoreQuery(ADDRESS, true, false))
                    .thenRun(() -> on.set(Thread.currentThread()))
                    .toCompletableFuture();
            noted.orTimeout(20, TimeUnit.SECONDS).join();
            String name = Objects.requireNonNull(on.get()).getName();
            assertThat(name).doesNotContain("lettuce");
            return name.startsWith("bedrock-cache-redis");
          });
    }
  }

  @Test
  void close_leavesTheClientAndEndsTheConnection() {
    RedisCacheStore store = builder().build();
    read(store);
    long before = redis.clientList().lines().count();
    store.close();
    Await.until("it is closed", () -> redis.clientList().lines().count() == before - 1);
    assertThat(redis.ping()).isEqualTo("PONG");
    assertThat(store.verify()).containsExactly("The store is closed.");
  }

  @Test
  void build_whenASettingIsUnusable_saysWhatToChoose() {
    rejected(b -> b.keyPrefix("a{b}"), "keyPrefix is not usable");
    rejected(b -> b.keyPrefix(""), "keyPrefix is not usable");
    rejected(b -> b.readBudget(Duration.ZERO), "readBudget is PT0S: choose more than zero");
    rejected(b -> b.firstReadBudget(Duration.ZERO), "firstReadBudget is PT0S");
    rejected(b -> b.writeBudget(Duration.ofMillis(-1)), "writeBudget is PT-0.001S");
    rejected(b -> b.probeInterval(Duration.ofMillis(999)), "probeInterval is PT0.999S: choose a");
    rejected(b -> b.longProbeInterval(Duration.ZERO), "longProbeInterval is PT0S");
    rejected(b -> b.maxThreads(0), "maxThreads is 0: choose 1 to 1024");
    rejected(b -> b.maxCallsPerPartition(0), "maxCallsPerPartition is 0");
    rejected(b -> b.maxEnvelopeBytes(5 << 20), "maxEnvelopeBytes is 5242880: choose 1 to 4194304");
    assertThatThrownBy(() -> RedisCacheStore.builder().build())
        .hasMessage("There is no client: call client(...)");
  }

  private void rejected(Consumer<RedisCacheStore.Builder> setting, String message) {
    RedisCacheStore.Builder builder =
        RedisCacheStore.builder().client(client, RedisURI.create("redis://127.0.0.1:1"));
    setting.accept(builder);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }
}
