package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreGuard;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * On which thread a client is called for a caller that blocks, and with what: an async client, and
 * a sync client with {@code lookUpsOnCallersThread}.
 */
@Timeout(120)
@ParameterizedClass
@EnumSource(Kind.class)
class CallersThreadTest {
  private static final Duration BUDGET = Duration.ofSeconds(20);
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final StoreQuery QUERY =
      new StoreQuery(
          new EntryAddress(
              new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE),
              "chat",
              new Digest(5, 6, 7, 8)),
          true,
          true);

  @Parameter private Kind kind = Kind.ASYNC;

  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final HereHttp http = new HereHttp();
  private volatile Supplier<AwsBasicCredentials> credentials =
      () -> AwsBasicCredentials.create("key", "secret");
  private final List<AutoCloseable> open = new ArrayList<>();
  private DynamoDbCacheStore store;

  private DynamoDbCacheStore store(List<ExecutionInterceptor> interceptors) {
    DynamoDbCacheStore.Builder builder = DynamoDbCacheStore.builder().lookUpsOnCallersThread(true);
    if (kind == Kind.SYNC) {
      DynamoDbClient client =
          configured(DynamoDbClient.builder(), interceptors).httpClient(http.sync()).build();
      open.add(client);
      builder.client(client);
    } else {
      DynamoDbAsyncClient client =
          configured(DynamoDbAsyncClient.builder(), interceptors).httpClient(http.async()).build();
      open.add(client);
      builder.client(client);
    }
    DynamoDbCacheStore made =
        builder.tableName("t").readBudget(BUDGET).probeInterval(INTERVAL).timeSource(time).build();
    open.add(0, made);
    return made;
  }

  private <B extends AwsClientBuilder<B, C>, C> B configured(
      B builder, List<ExecutionInterceptor> interceptors) {
    return Dynamo.configured(builder, URI.create("http://127.0.0.1:1"))
        .overrideConfiguration(
            o -> {
              o.retryStrategy(r -> r.maxAttempts(1));
              interceptors.forEach(o::addExecutionInterceptor);
            })
        .credentialsProvider(() -> credentials.get());
  }

  @BeforeEach
  void warmUp() throws Exception {
    store = store(List.of());
    warmUp(store);
  }

  private void warmUp(DynamoDbCacheStore of) throws Exception {
    for (int i = 0; i < StoreGuard.FIRST_ANSWERS; i++) {
      get(read(of));
    }
    assertThat(http.calledOn).doesNotContain(Thread.currentThread());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static CompletionStage<StoreRead> read(DynamoDbCacheStore of) {
    return of.readForBlockedCaller(QUERY, null);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private Thread calledOn() throws Exception {
    get(read(store));
    return http.calledOn.get(http.calledOn.size() - 1);
  }

  private void untilOnThisThread() {
    Await.until(
        "the client is called on this thread",
        () -> {
          try {
            return calledOn() == Thread.currentThread();
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void read_onceCredentialsAreThere_isSentFromTheCallersThread() {
    untilOnThisThread();
  }

  @Test
  void read_whenTheProviderHangs_isSentFromTheCallersThreadAndThenHandedOver() throws Exception {
    untilOnThisThread();
    CompletableFuture<AwsBasicCredentials> late = new CompletableFuture<>();
    credentials = late::join;
    time.advance(Duration.ofSeconds(30));
    assertThat(calledOn()).isSameAs(Thread.currentThread());
    time.advance(Duration.ofSeconds(31));
    int calls = http.calledOn.size();
    CompletionStage<StoreRead> waits = read(store);
    assertThat(waits.toCompletableFuture()).isNotDone();
    assertThat(http.calledOn).hasSize(calls);
    late.complete(AwsBasicCredentials.create("key", "secret"));
    get(waits);
    assertThat(http.calledOn.get(calls)).isNotSameAs(Thread.currentThread());
    untilOnThisThread();
  }

  @Test
  void read_afterTheTableRefusedTheCredentials_isHandedOver() throws Exception {
    untilOnThisThread();
    http.status = 400;
    assertThatThrownBy(() -> get(read(store))).hasMessageContaining("no");
    http.status = 200;
    assertThat(calledOn()).isNotSameAs(Thread.currentThread());
    untilOnThisThread();
  }

  @Test
  void read_whenTheClientThrows_failsItsStage() {
    untilOnThisThread();
    http.before =
        () -> {
          throw new NoClassDefFoundError("gone");
        };
    assertThatThrownBy(() -> get(read(store))).hasRootCauseMessage("gone");
  }

  @Test
  void read_whenTheClientBlockedItsCaller_isHandedOver() throws Exception {
    untilOnThisThread();
    // A sync client's call takes its budget when the table is slow. More is not the table.
    http.before =
        () -> time.advance(kind == Kind.SYNC ? BUDGET.plus(TableRequests.MARGIN) : BUDGET);
    assertThat(calledOn()).isSameAs(Thread.currentThread());
    http.before = () -> {};
    assertThat(calledOn()).isNotSameAs(Thread.currentThread());
  }

  @Test
  void read_whenItIsAProbe_isHandedOver() throws Exception {
    untilOnThisThread();
    if (kind == Kind.SYNC) {
      http.before = () -> time.advance(BUDGET); // each answer is late
    } else {
      http.answers = false;
    }
    http.calledOn.clear();
    for (int i = 0; i < StoreGuard.MIN_CALLS; i++) {
      CompletableFuture<StoreRead> read = read(store).toCompletableFuture();
      if (kind == Kind.SYNC) {
        get(read); // handed over if the credentials, which are renewed meanwhile, grow too old
      } else {
        assertThat(read).isNotDone();
      }
    }
    assertThat(http.calledOn.get(0)).isSameAs(Thread.currentThread());
    http.before = () -> {};
    http.answers = true;
    if (kind == Kind.ASYNC) {
      time.advance(INTERVAL);
    }
    assertThatThrownBy(() -> get(read(store)))
        .hasCauseInstanceOf(StoreUnavailableException.class); // the calls are found overdue
    http.calledOn.clear();
    time.advance(INTERVAL);
    assertThatThrownBy(() -> get(read(store))).hasCauseInstanceOf(StoreUnavailableException.class);
    Await.until("the table is tried", () -> http.calledOn.size() == 1);
    assertThat(http.calledOn).doesNotContain(Thread.currentThread());
  }

  /** It may block. */
  @Test
  void read_whenTheClientHasAnInterceptorOfTheService_isHandedOver() throws Exception {
    DynamoDbCacheStore over = store(List.of(new ExecutionInterceptor() {}));
    warmUp(over);
    http.calledOn.clear();
    for (int i = 0; i < 20; i++) {
      get(read(over));
    }
    assertThat(http.calledOn).hasSize(20).doesNotContain(Thread.currentThread());
  }

  /** The trace of a call is current where it is sent, here too. */
  @Test
  void read_inAContext_isSentInIt() throws Exception {
    untilOnThisThread();
    ThreadLocal<String> trace = new ThreadLocal<>();
    String[] seen = new String[1];
    http.before = () -> seen[0] = trace.get();
    get(
        store.readForBlockedCaller(
            QUERY,
            task -> {
              trace.set("current");
              task.run();
              trace.remove();
            }));
    assertThat(Arrays.asList(seen)).containsExactly("current");
  }

  /** Then its owner may close the client. */
  @Test
  void close_whileALookUpIsSentHere_returnsWhenItHasBeen() throws Exception {
    untilOnThisThread();
    CountDownLatch sending = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean sent = new AtomicBoolean();
    http.before =
        () -> {
          sending.countDown();
          Await.latch(release);
          sent.set(true);
        };
    Thread caller = new Thread(() -> read(store));
    caller.start();
    Await.latch(sending);
    AtomicBoolean sentBefore = new AtomicBoolean();
    Thread closing =
        new Thread(
            () -> {
              store.close();
              sentBefore.set(sent.get());
            });
    closing.start();
    Await.until("the store waits", () -> closing.getState() == Thread.State.TIMED_WAITING);
    release.countDown();
    closing.join();
    caller.join();
    assertThat(sentBefore).isTrue();
  }
}
