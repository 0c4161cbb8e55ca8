package com.gymcoach.bedrock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisReadOnlyException;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Markers and indexes that Redis loses: an invalidated answer never comes back. */
@Timeout(120)
class LostMarkersTest {
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final RedisLayout LAYOUT = new RedisLayout("CACHE:");

  private final List<AutoCloseable> open = new ArrayList<>();
  private RedisServer server;
  private RedisClient client;
  private RedisCommands<String, String> redis;
  private RedisCacheStore store;

  @BeforeEach
  void start() {
    server = closing(RedisServer.start("--appendonly", "yes", "--appendfsync", "no"));
    client = RedisClient.create();
    redis = client.connect(server.uri()).sync();
    store = store(false);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  private RedisCacheStore store(boolean keepEntries) {
    return closing(
        RedisCacheStore.builder()
            .client(client, server.uri())
            .keepEntriesAfterFailover(keepEntries)
            .readBudget(Duration.ofSeconds(10))
            .writeBudget(Duration.ofSeconds(10))
            .probeInterval(Duration.ofSeconds(1)) // the least
            .build());
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static EntryAddress address(int number) {
    return new EntryAddress(ALICE, "chat", new Digest(number, 0, 0, 0));
  }

  private StoreRead read(CacheStore from) {
    return get(from.read(new StoreQuery(address(1), true, true)));
  }

  private Markers markers(CacheStore from) {
    return Objects.requireNonNull(read(from).markers());
  }

  private void write(int number) {
    get(store.write(address(number), new byte[] {1, 2, 3}, Instant.now().plusSeconds(3600)));
  }

  private String key(byte[] key) {
    return RedisLayout.text(key);
  }

  /** The three markers that an entry is made under; in force again, they would revive it. */
  private void assertNeverAgain(Markers made) {
    Markers now = markers(store);
    assertThat(now.scope()).isNotEqualTo(made.scope());
    assertThat(markers(store)).isEqualTo(now); // and then it stays
  }

  @Test
  void read_whenThePartitionsMarkersWereEvicted_findsOthersThanEverBefore() {
    Markers made = markers(store);
    write(1);
    get(store.mark(ALICE, "chat", Marker.random(), Instant.now().plusSeconds(3600)));
    assertThat(markers(store).endpoint()).isNotEqualTo(made.endpoint());
    redis.del(key(LAYOUT.markersKey(ALICE)));
    assertNeverAgain(made);
  }

  @Test
  void read_whenTheNamespacesMarkerWasDeleted_findsAnother() {
    Markers made = markers(store);
    redis.unlink(key(LAYOUT.namespaceKey("default"))); // the operator's way to invalidate all
    Markers now = markers(store);
    assertThat(now.namespace()).isNotEqualTo(made.namespace());
    assertThat(now.scope()).isEqualTo(made.scope());
    assertThat(markers(store)).isEqualTo(now);
    assertThat(redis.ttl(key(LAYOUT.namespaceKey("default")))).isEqualTo(-1); // it has no end
  }

  @Test
  void write_whenMarkersWereLostSinceItsLookUp_isUnderOthers() {
    Markers made = markers(store);
    redis.flushall();
    write(1);
    assertNeverAgain(made);
  }

  /** A replica or a disk may lack the last invalidation, so a new server process trusts neither. */
  @Test
  void read_afterARestart_findsOtherMarkersAndNoEntry() {
    Markers made = markers(store);
    write(1);
    assertThat(read(store).envelope()).isNotNull();
    redis.bgrewriteaof();
    server.kill();
    server.restart();
    Await.until(
        "it is connected again",
        () ->
            store
                    .read(new StoreQuery(address(1), false, false))
                    .handle((read, failure) -> failure == null)
                    .toCompletableFuture()
                    .join()
                && store.isAvailable());
    assertNeverAgain(made);
    assertThat(read(store).envelope()).isNotNull(); // its envelope says under which it was made
  }

  @Test
  void read_afterARestartThatIsTrusted_findsTheSameMarkers() {
    RedisCacheStore trusting = store(true);
    Markers made = markers(trusting);
    get(trusting.write(address(1), new byte[] {1}, Instant.now().plusSeconds(3600)));
    redis.configSet("appendfsync", "always");
    get(trusting.write(address(2), new byte[] {1}, Instant.now().plusSeconds(3600)));
    server.kill();
    server.restart();
    Await.until(
        "it is connected again",
        () ->
            trusting
                    .read(new StoreQuery(address(1), false, false))
                    .handle((read, failure) -> failure == null)
                    .toCompletableFuture()
                    .join()
                && trusting.isAvailable());
    assertThat(markers(trusting)).isEqualTo(made);
    assertThat(read(trusting).envelope()).containsExactly(1);
  }

  private RedisServer replica() {
    return closing(RedisServer.start("--replicaof", "127.0.0.1 " + server.port()));
  }

  /** Makes a replica the primary, once it has the first entry. */
  private RedisCommands<String, String> promoted(RedisServer replica) {
    RedisCommands<String, String> second = client.connect(replica.uri()).sync();
    Await.until(
        "the replica has the entry", () -> second.exists(key(LAYOUT.entryKey(address(1)))) == 1);
    second.replicaofNoOne();
    return second;
  }

  /** The replica has the old marker and the entry, and becomes the primary without the mark. */
  @Test
  void read_afterAFailoverThatLostAnInvalidation_findsNeitherMarker() {
    Markers made = markers(store);
    write(1);
    RedisServer replica = replica();
    RedisCommands<String, String> second = promoted(replica);
    get(store.mark(ALICE, null, Marker.random(), Instant.now().plusSeconds(3600))); // on the first
    assertThat(second.hget(key(LAYOUT.markersKey(ALICE)), "s")).isNotNull();
    RedisCacheStore promoted =
        closing(
            RedisCacheStore.builder()
                .client(client, replica.uri())
                .readBudget(Duration.ofSeconds(10))
                .build());
    assertThat(markers(promoted).scope()).isNotEqualTo(made.scope());
  }

  /** The first server is the primary again, with the data of the second, which lacks the mark. */
  @Test
  void read_afterAFailoverThereAndBack_findsNeitherMarker() {
    Markers made = markers(store);
    write(1);
    RedisServer replica = replica();
    RedisCommands<String, String> second = promoted(replica);
    Marker lost = Marker.random();
    get(store.mark(ALICE, null, lost, Instant.now().plusSeconds(3600)));
    assertThat(markers(store).scope()).isEqualTo(lost);
    second.set("only here", "");
    redis.replicaof("127.0.0.1", replica.port());
    Await.until("the first has the data of the second", () -> redis.exists("only here") == 1);
    redis.replicaofNoOne();
    assertThat(markers(store).scope()).isNotEqualTo(made.scope()).isNotEqualTo(lost);
  }

  private boolean searchesAllKeys(Runnable deletion) {
    redis.configResetstat();
    deletion.run();
    return redis.info("commandstats").contains("cmdstat_scan:");
  }

  /** A search takes a second for each million keys: it is not for users who were away. */
  @Test
  void deleteAll_whenAllEntriesHadExpired_searchesNothing() {
    String index = key(LAYOUT.indexKey(ALICE));
    get(store.mark(ALICE, null, Marker.random(), Instant.now().plusSeconds(3600)));
    get(store.write(address(1), new byte[] {1}, Instant.now().plusMillis(50)));
    Await.until("the entry and its index have expired", () -> redis.exists(index) == 0);
    assertThat(searchesAllKeys(() -> get(store.deleteAll(ALICE, null)))).isFalse();
    write(2);
    assertThat(searchesAllKeys(() -> assertThat(get(store.deleteAll(ALICE, null))).hasSize(1)))
        .isFalse();
  }

  /** A short entry after a long one does not end the time in which the index is needed. */
  @Test
  void deleteAll_whenTheIndexWasLostAfterAShortEntry_findsTheLongOne() {
    write(1);
    get(store.write(address(2), new byte[] {1}, Instant.now().plusMillis(50)));
    Await.until("it has expired", () -> redis.exists(key(LAYOUT.entryKey(address(2)))) == 0);
    redis.del(key(LAYOUT.indexKey(ALICE)));
    assertThat(get(store.deleteAll(ALICE, null))).containsExactly(address(1));
  }

  @Test
  void mark_always_isKeptUntilItsTime() {
    get(store.mark(ALICE, "chat", Marker.random(), Instant.now().plus(Marker.RETENTION)));
    String markers = key(LAYOUT.markersKey(ALICE));
    assertThat(redis.ttl(markers)).isGreaterThan(Duration.ofDays(366).toSeconds());
    write(1); // with a shorter time
    assertThat(redis.ttl(markers)).isGreaterThan(Duration.ofDays(366).toSeconds());
  }

  /** The first look-up of a user must not leave a key for ever. */
  @Test
  void read_ofAPartitionWithoutEntries_keepsItsMarkerForADay() {
    markers(store);
    assertThat(redis.ttl(key(LAYOUT.markersKey(ALICE)))).isBetween(86_000L, 86_400L);
  }

  /** The index is lost first, then the server's reign ends, and other entries follow. */
  @Test
  void deleteAll_whenTheIndexWasLostAndThenTheServerRestarted_findsTheEntries() {
    write(1);
    redis.del(key(LAYOUT.indexKey(ALICE)));
    redis.hset(key(LAYOUT.markersKey(ALICE)), "r", "the server before");
    markers(store);
    write(2);
    assertThat(redis.ttl(key(LAYOUT.markersKey(ALICE)))).isGreaterThan(86_400);
    assertThat(get(store.deleteAll(ALICE, null))).containsExactlyInAnyOrder(address(1), address(2));
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "chat")
  void mark_whenTheMarkersInForceAreDamaged_replacesThem(@Nullable String endpoint) {
    String markers = key(LAYOUT.markersKey(ALICE));
    markers(store);
    redis.hset(markers, Map.of(endpoint == null ? "s" : "e.chat", "too short"));
    assertThat(read(store).markers()).isNull();
    Marker marker = Marker.random();
    get(store.mark(ALICE, endpoint, marker, Instant.now().plusSeconds(3600)));
    Markers now = markers(store);
    assertThat(endpoint == null ? now.scope() : now.endpoint()).isEqualTo(marker);
  }

  /** A reply has a bounded size, whatever stands in Redis. */
  @ParameterizedTest
  @ValueSource(strings = {"s", "e.chat"})
  void read_whenAMarkerIsHuge_knowsNoneAndDoesNotTransferIt(String field) {
    String markers = key(LAYOUT.markersKey(ALICE));
    markers(store);
    redis.hset(markers, field, "x".repeat(5_000_000));
    long before = sentBytes();
    assertThat(read(store).markers()).isNull();
    assertThat(sentBytes() - before).isLessThan(100_000);
  }

  private long sentBytes() {
    return Long.parseLong(
        redis.info("stats").replaceAll("(?s).*total_net_output_bytes:([0-9]+).*", "$1"));
  }

  @ParameterizedTest
  @MethodSource("farTimes")
  void writeAndMark_atATimeThatRedisDoesNotTake_workOrFailAtOnce(Instant until) {
    Markers before = markers(store);
    get(store.write(address(1), new byte[] {1}, until));
    get(store.mark(ALICE, null, Marker.random(), until));
    assertThat(markers(store)).isNotEqualTo(before);
  }

  static List<Instant> farTimes() {
    return List.of(Instant.MIN, Instant.EPOCH, Instant.MAX);
  }

  @Test
  void read_fromAReplica_fails() {
    markers(store);
    RedisServer replica = closing(RedisServer.start("--replicaof", "127.0.0.1 " + server.port()));
    RedisCacheStore onReplica =
        closing(
            RedisCacheStore.builder()
                .client(client, replica.uri())
                .readBudget(Duration.ofSeconds(10))
                .build());
    assertThat(onReplica.read(new StoreQuery(address(1), true, false)).toCompletableFuture())
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(RedisReadOnlyException.class);
    assertThat(onReplica.verify())
        .anyMatch(problem -> problem.startsWith("The server is a replica"));
  }

  @Test
  void deleteAll_whenTheIndexWasLost_findsTheEntriesByTheirKeys() {
    for (int i = 0; i < 250; i++) {
      write(i);
    }
    redis.set("CACHE:{default:other}:E:chat:x", "not Alice's");
    redis.del(key(LAYOUT.indexKey(ALICE)));
    write(1000); // begins another index, which lacks the others
    List<EntryAddress> reported = new ArrayList<>();
    Set<EntryAddress> gone = get(store.deleteAll(ALICE, "chat", reported::add));
    Set<EntryAddress> written = new HashSet<>(Set.of(address(1000)));
    for (int i = 0; i < 250; i++) {
      written.add(address(i));
    }
    assertThat(gone).isEqualTo(written);
    assertThat(reported).containsExactlyInAnyOrderElementsOf(written);
    assertThat(redis.keys("*:E:*")).containsExactly("CACHE:{default:other}:E:chat:x");
  }

  @Test
  void deleteAll_whenAnEntryHasExpired_doesNotReportIt() {
    write(1);
    write(2);
    redis.del(key(LAYOUT.entryKey(address(2)))); // as its TTL does
    assertThat(get(store.deleteAll(ALICE, null))).containsExactly(address(1));
    assertThat(get(store.deleteAll(ALICE, null))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void write_always_hasTheServerDeleteItAndTheIndexForgetIt(boolean longer) {
    int seconds = longer ? 7200 : 60;
    get(store.write(address(1), new byte[] {1}, Instant.now().plusSeconds(seconds)));
    String entry = key(LAYOUT.entryKey(address(1)));
    String index = key(LAYOUT.indexKey(ALICE));
    assertThat(redis.ttl(entry)).isBetween(seconds - 30L, (long) seconds);
    assertThat(redis.ttl(index)).isBetween(seconds - 30L, (long) seconds);
    assertThat(redis.ttl(key(LAYOUT.markersKey(ALICE)))).isGreaterThan(86_400 - 60L);
    redis.zadd(index, 1, "long over");
    write(2);
    assertThat(redis.zrange(index, 0, -1)).doesNotContain("long over").hasSize(3);
  }
}
