package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** What only a sync client on its caller's thread can do: block it, and hear its interrupts. */
@Timeout(120)
class SyncCallersThreadTest {
  private static final Duration BUDGET = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final int PLACES = 8;

  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final HereHttp http = new HereHttp();
  private final CountDownLatch release = new CountDownLatch(1);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ExecutorService callers = Executors.newCachedThreadPool();

  @AfterEach
  void close() throws Exception {
    release.countDown();
    callers.shutdown();
    for (AutoCloseable each : open) {
      each.close();
    }
    boolean unused = Thread.interrupted(); // where a test has failed
  }

  private DynamoDbCacheStore store(DynamoDbCacheStore.Builder builder, Duration attemptTimeout) {
    DynamoDbClient client =
        Dynamo.configured(DynamoDbClient.builder(), URI.create("http://127.0.0.1:1"))
            .overrideConfiguration(
                o -> o.retryStrategy(r -> r.maxAttempts(1)).apiCallAttemptTimeout(attemptTimeout))
            .httpClient(http.sync())
            .build();
    DynamoDbCacheStore store =
        builder.client(client).tableName("t").maxThreads(PLACES).timeSource(time).build();
    open.add(0, client);
    open.add(0, store);
    return store;
  }

  /** Returns a store whose look-ups are made on this thread by now. */
  private DynamoDbCacheStore warm(DynamoDbCacheStore.Builder builder) throws Exception {
    DynamoDbCacheStore store = store(builder.lookUpsOnCallersThread(true), BUDGET.multipliedBy(2));
    warmUp(store);
    return store;
  }

  private void warmUp(DynamoDbCacheStore store) throws Exception {
    for (int i = 0; i < StoreGuard.FIRST_ANSWERS; i++) {
      get(read(store, 0));
    }
    Await.until(
        "the client is called on this thread",
        () -> {
          try {
            get(read(store, 0));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
          return lastThread() == Thread.currentThread();
        });
  }

  private static DynamoDbCacheStore.Builder patient() {
    return DynamoDbCacheStore.builder().readBudget(BUDGET);
  }

  private Thread lastThread() {
    return http.calledOn.get(http.calledOn.size() - 1);
  }

  private static StoreQuery query(int user) {
    Partition partition = new Partition("prod", new Digest(user, 2, 3, 4), Partition.WHOLE);
    return new StoreQuery(new EntryAddress(partition, "chat", new Digest(5, 6, 7, 8)), true, true);
  }

  private static CompletionStage<StoreRead> read(DynamoDbCacheStore of, int user) {
    return of.readForBlockedCaller(query(user), null);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void holdUp() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns look-ups, each of another user and on another caller's thread, that are under way. */
  private List<Future<StoreRead>> held(DynamoDbCacheStore store, int calls) {
    int before = http.calledOn.size();
    http.before = this::holdUp;
    List<Future<StoreRead>> held = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      int user = i;
      held.add(callers.submit(() -> get(read(store, user))));
    }
    Await.until("all are under way", () -> http.calledOn.size() == before + calls);
    http.before = () -> {};
    return held;
  }

  private static boolean isTheStores(Thread thread) {
    return thread.getName().startsWith("bedrock-cache-dynamodb");
  }

  @Test
  void read_whenItIsNotAskedFor_isMadeOnTheStoresThreads() throws Exception {
    DynamoDbCacheStore store = store(patient(), BUDGET);
    for (int i = 0; i < 2 * StoreGuard.FIRST_ANSWERS; i++) {
      get(read(store, 0));
    }
    assertThat(http.calledOn).allMatch(SyncCallersThreadTest::isTheStores);
  }

  /** An async client of Bedrock may ask on an event loop. */
  @Test
  void read_whenTheCallerMustNotBlock_isMadeOnTheStoresThreads() throws Exception {
    DynamoDbCacheStore store = warm(patient());
    get(store.read(query(0)));
    assertThat(lastThread()).matches(SyncCallersThreadTest::isTheStores);
    get(store.read(query(0), Runnable::run));
    assertThat(lastThread()).matches(SyncCallersThreadTest::isTheStores);
  }

  @Test
  void read_whenAsManyAreMadeSoAsMayBe_isMadeOnTheStoresThreads() throws Exception {
    DynamoDbCacheStore store = warm(patient());
    List<Future<StoreRead>> held = held(store, PLACES);
    assertThat(http.calledOn.subList(http.calledOn.size() - PLACES, http.calledOn.size()))
        .noneMatch(SyncCallersThreadTest::isTheStores);
    get(read(store, PLACES));
    assertThat(lastThread()).matches(SyncCallersThreadTest::isTheStores);
    release.countDown();
    for (Future<StoreRead> each : held) {
      each.get(60, TimeUnit.SECONDS);
    }
    get(read(store, 0));
    assertThat(lastThread()).isSameAs(Thread.currentThread());
  }

  @Test
  void f26_oneUserHasAsManyCallsAsMayBe_isRefusedAndAnotherIsNot() throws Exception {
    DynamoDbCacheStore store = warm(patient().maxCallsPerPartition(1));
    held(store, 1).forEach(each -> assertThat(each).isNotDone());
    assertThatThrownBy(() -> get(read(store, 0))).hasCauseInstanceOf(StoreBusyException.class);
    assertThat(get(read(store, 1)).envelope()).isNull();
  }

  /** Nothing ends them: that their time is over is found by the next caller. */
  @Test
  void f06_callsHang_openTheBreaker() throws Exception {
    DynamoDbCacheStore store = warm(patient());
    held(store, PLACES).forEach(each -> assertThat(each).isNotDone());
    time.advance(BUDGET);
    assertThatThrownBy(() -> get(read(store, 0)))
        .hasCauseInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void read_whenTheCallerIsInterruptedAlready_isHandedOverAndStaysInterrupted() throws Exception {
    DynamoDbCacheStore store = warm(patient());
    Thread.currentThread().interrupt();
    CompletionStage<StoreRead> read = read(store, 0);
    assertThat(Thread.interrupted()).isTrue();
    get(read);
    assertThat(lastThread()).matches(SyncCallersThreadTest::isTheStores);
  }

  /** More than would open the breaker: the table has done nothing wrong. */
  @Test
  void read_whenCallersAreInterrupted_failsAndStayInterruptedAndTheBreakerStaysClosed()
      throws Exception {
    DynamoDbCacheStore store = warm(patient());
    for (int i = 0; i < 2 * StoreGuard.MIN_CALLS; i++) {
      http.before = () -> Thread.currentThread().interrupt();
      CompletionStage<StoreRead> read = read(store, 0);
      assertThat(lastThread()).isSameAs(Thread.currentThread());
      assertThat(Thread.interrupted()).isTrue();
      assertThatThrownBy(() -> get(read))
          .hasCauseInstanceOf(Failures.CallerInterruptedException.class)
          .hasRootCauseInstanceOf(InterruptedException.class);
      assertThat(store.isAvailable()).isTrue();
    }
    http.before = () -> {};
    get(read(store, 0));
    assertThat(lastThread()).isSameAs(Thread.currentThread());
  }

  /** At its timeout the SDK interrupts the thread and clears the flag, whoever set it. */
  @Test
  void read_whenTheCallerIsInterruptedAndThenItsTimeIsOver_staysInterrupted() throws Exception {
    assertThat(isInterruptedAfterATimeout(true)).isTrue();
  }

  @Test
  void read_whenItsTimeIsOver_leavesTheCallerUninterrupted() throws Exception {
    assertThat(isInterruptedAfterATimeout(false)).isFalse();
  }

  private boolean isInterruptedAfterATimeout(boolean interrupts) throws Exception {
    // A shorter timeout of an attempt would interrupt the caller too.
    DynamoDbCacheStore store =
        store(
            DynamoDbCacheStore.builder().readBudget(SHORT).lookUpsOnCallersThread(true),
            SHORT.dividedBy(4));
    warmUp(store);
    CountDownLatch aborted = new CountDownLatch(2); // by the attempt's timer and the call's
    http.aborted = aborted::countDown;
    http.before =
        () -> {
          if (interrupts) {
            Thread.currentThread().interrupt();
          }
          long end = System.nanoTime() + BUDGET.toNanos(); // so that a failing test ends
          while (aborted.getCount() > 0 && System.nanoTime() < end) {
            Thread.onSpinWait(); // as a read from a socket, it does not hear interrupts
          }
        };
    CompletionStage<StoreRead> read = read(store, 0);
    boolean isInterrupted = Thread.interrupted();
    assertThat(lastThread()).isSameAs(Thread.currentThread());
    assertThatThrownBy(() -> get(read))
        .satisfies(
            thrown ->
                assertThat(thrown.getCause())
                    .isInstanceOfAny(
                        ApiCallTimeoutException.class,
                        Failures.CallerInterruptedException.class,
                        AbortedException.class));
    return isInterrupted;
  }
}
