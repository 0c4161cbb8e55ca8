package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreGuard;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * How many calls of a sync client are in the table at a time, when it answers and when it never
 * does. The client ignores timeouts and interrupts: each call holds its thread until it is
 * released.
 */
@Timeout(120)
class WidthTest {
  private static final int THREADS = 64;

  /** Time enough on any machine: the SDK's timers are real. */
  private static final Duration BUDGET = Duration.ofSeconds(20);

  /** A probe that has begun in one interval is overdue in the next. */
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private static final Instant UNTIL = Instant.parse("2126-01-02T03:04:05Z");

  private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile String held = "";
  private final CannedHttp http =
      new CannedHttp(
          body -> {
            if (body.contains(held)) {
              holdUp();
            }
            return CannedHttp.Reply.ok("{}");
          });
  private final DynamoDbClient client =
      Dynamo.configured(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
          .overrideConfiguration(o -> o.retryStrategy(r -> r.maxAttempts(1)))
          .httpClient(http)
          .build();
  private final List<CacheStore> open = new ArrayList<>();

  @AfterEach
  void release() {
    release.countDown();
    open.forEach(CacheStore::close);
    client.close();
  }

  private void holdUp() {
    boolean interrupted = false;
    while (release.getCount() > 0) {
      try {
        release.await();
      } catch (InterruptedException ignored) { // so does the client
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private CacheStore store(DynamoDbCacheStore.Builder builder) {
    CacheStore store =
        builder
            .client(client)
            .tableName("t")
            .firstReadBudget(BUDGET)
            .readBudget(BUDGET)
            .probeInterval(INTERVAL)
            .timeSource(time)
            .build();
    open.add(store);
    return store;
  }

  private static StoreQuery of(int user) {
    Partition partition = new Partition("prod", new Digest(user, 2, 3, 4), Partition.WHOLE);
    return new StoreQuery(new EntryAddress(partition, "chat", new Digest(5, 6, 7, 8)), true, true);
  }

  /** Returns look-ups, each of another user. */
  private static List<CompletionStage<StoreRead>> lookUps(CacheStore store, int calls) {
    List<CompletionStage<StoreRead>> lookUps = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      lookUps.add(store.read(of(i)));
    }
    return lookUps;
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void awaitRequests(int requests) {
    Await.until("requests are in the table", () -> http.requests.size() >= requests);
    assertThat(http.requests).hasSize(requests);
  }

  @Test
  void read_when64CallersAsk_allAreInTheTableAtOnceAndNoMore() throws Exception {
    CacheStore store = store(DynamoDbCacheStore.builder());
    List<CompletionStage<StoreRead>> lookUps = lookUps(store, THREADS + 10);
    awaitRequests(THREADS);
    release.countDown();
    for (CompletionStage<StoreRead> each : lookUps) {
      assertThat(get(each).envelope()).isNull();
    }
    assertThat(http.requests).hasSize(THREADS + 10);
  }

  @Test
  void read_whenTheBoundIs8_8AreInTheTableAtOnce() throws Exception {
    CacheStore store = store(DynamoDbCacheStore.builder().maxThreads(8));
    List<CompletionStage<StoreRead>> lookUps = lookUps(store, THREADS);
    awaitRequests(8);
    release.countDown();
    for (CompletionStage<StoreRead> each : lookUps) {
      get(each);
    }
  }

  /** One user's calls leave room for another's, however many threads there are. */
  @Test
  void f26_oneUserHasAsManyCallsAsMayBe_theOthersReachTheTable() {
    CacheStore store = store(DynamoDbCacheStore.builder().maxCallsPerPartition(THREADS / 2));
    List<CompletionStage<StoreRead>> hers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      hers.add(store.read(of(0)));
    }
    awaitRequests(THREADS / 2);
    assertThat(hers.subList(THREADS / 2, THREADS))
        .allSatisfy(
            each ->
                assertThatThrownBy(() -> get(each)).hasCauseInstanceOf(StoreBusyException.class));
    lookUps(store, THREADS / 4).forEach(each -> assertThat(each).isNotNull());
    awaitRequests(THREADS / 2 + THREADS / 4 - 1); // the first of these is hers too
  }

  /** 8 calls hang without end. Probes go on, but not until they hold all threads. */
  @Test
  void f06_callsHangWithoutEnd_probesTakeHalfOfTheThreadsAndInvalidationsHaveTheOthers()
      throws Exception {
    held = "RequestItems";
    CacheStore store = store(DynamoDbCacheStore.builder());
    lookUps(store, StoreGuard.MIN_CALLS);
    awaitRequests(StoreGuard.MIN_CALLS);
    time.advance(BUDGET);
    for (int i = 0; i < 1_000; i++) {
      assertThatThrownBy(() -> get(store.read(of(1))))
          .hasCauseInstanceOf(StoreUnavailableException.class);
    }
    assertThat(http.requests).hasSize(StoreGuard.MIN_CALLS);
    for (int probes = 1; probes <= 3 * THREADS; probes++) {
      int before = http.requests.size();
      time.advance(INTERVAL);
      assertThatThrownBy(() -> get(store.read(of(1))))
          .hasCauseInstanceOf(StoreUnavailableException.class);
      if (before < THREADS / 2) {
        awaitRequests(before + 1);
      }
    }
    assertThat(http.requests).hasSize(THREADS / 2);
    assertThatThrownBy(() -> get(store.readSettings("prod")))
        .hasCauseInstanceOf(StoreBusyException.class);
    get(store.mark(of(1).address().partition(), null, new Marker(1, 2), UNTIL));
    get(store.write(of(1).address(), new byte[] {1}, UNTIL));
    assertThat(http.requests).hasSize(THREADS / 2 + 2);

    release.countDown();
    Await.until(
        "the table is tried and used again",
        () -> {
          try {
            store.read(of(1)).toCompletableFuture().get(60, TimeUnit.SECONDS);
            return true;
          } catch (Exception notYet) { // tried again
            time.advance(INTERVAL);
            return false;
          }
        });
    get(store.readSettings("prod"));
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 1_025})
  void build_whenTheBoundCannotBeUsed_saysWhatToChoose(int maxThreads) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store(DynamoDbCacheStore.builder().maxThreads(maxThreads)))
        .withMessage("maxThreads is " + maxThreads + ": choose 8 to 1024");
  }
}
