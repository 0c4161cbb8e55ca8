package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** On which thread an async client is called, and with what. */
@Timeout(120)
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
  private static final String OK = "{}";

  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final AtOnce http = new AtOnce();
  private volatile Supplier<AwsBasicCredentials> credentials =
      () -> AwsBasicCredentials.create("key", "secret");
  private final DynamoDbAsyncClient client = client(List.of());
  private final DynamoDbCacheStore store = store(client);

  /** Answers on the thread that asks, and notes which that is. */
  private static final class AtOnce implements SdkAsyncHttpClient {
    private final List<Thread> calledOn = new CopyOnWriteArrayList<>();
    private volatile int status = 200;
    private volatile Runnable before = () -> {};
    private volatile boolean answers = true;

    @Override
    public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
      calledOn.add(Thread.currentThread());
      before.run();
      if (answers) {
        byte[] body =
            (status == 200 ? OK : CannedHttp.Reply.error("ExpiredTokenException").body())
                .getBytes(StandardCharsets.UTF_8);
        request
            .responseHandler()
            .onHeaders(
                SdkHttpResponse.builder()
                    .statusCode(status)
                    .putHeader("Content-Type", "application/x-amz-json-1.0")
                    .build());
        request
            .responseHandler()
            .onStream(SdkPublisher.adapt(subscriber -> Once.to(subscriber, ByteBuffer.wrap(body))));
      }
      return new CompletableFuture<>();
    }

    @Override
    public void close() {}
  }

  private DynamoDbAsyncClient client(List<ExecutionInterceptor> interceptors) {
    return Dynamo.configured(DynamoDbAsyncClient.builder(), URI.create("http://127.0.0.1:1"))
        .overrideConfiguration(
            o -> {
              o.retryStrategy(r -> r.maxAttempts(1));
              interceptors.forEach(o::addExecutionInterceptor);
            })
        .credentialsProvider(() -> credentials.get())
        .httpClient(http)
        .build();
  }

  private DynamoDbCacheStore store(DynamoDbAsyncClient of) {
    return DynamoDbCacheStore.builder()
        .client(of)
        .tableName("t")
        .readBudget(BUDGET)
        .probeInterval(INTERVAL)
        .timeSource(time)
        .build();
  }

  @BeforeEach
  void warmUp() throws Exception {
    warmUp(store);
  }

  private void warmUp(DynamoDbCacheStore of) throws Exception {
    for (int i = 0; i < Budget.FIRST_ANSWERS; i++) {
      get(of.read(QUERY));
    }
    assertThat(http.calledOn).doesNotContain(Thread.currentThread());
  }

  @AfterEach
  void close() {
    store.close();
    client.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private Thread calledOn() throws Exception {
    get(store.read(QUERY));
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
    CompletionStage<StoreRead> waits = store.read(QUERY);
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
    assertThatThrownBy(() -> get(store.read(QUERY))).hasMessageContaining("no");
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
    assertThatThrownBy(() -> get(store.read(QUERY))).hasRootCauseMessage("gone");
  }

  @Test
  void read_whenTheClientBlockedItsCaller_isHandedOver() throws Exception {
    untilOnThisThread();
    http.before = () -> time.advance(BUDGET);
    assertThat(calledOn()).isSameAs(Thread.currentThread());
    http.before = () -> {};
    assertThat(calledOn()).isNotSameAs(Thread.currentThread());
  }

  @Test
  void read_whenItIsAProbe_isHandedOver() throws Exception {
    untilOnThisThread();
    http.answers = false;
    for (int i = 0; i < Breaker.MIN_CALLS; i++) {
      assertThat(store.read(QUERY).toCompletableFuture()).isNotDone();
    }
    time.advance(INTERVAL);
    http.answers = true;
    assertThatThrownBy(() -> get(store.read(QUERY)))
        .hasCauseInstanceOf(StoreUnavailableException.class); // the calls are found overdue
    http.calledOn.clear();
    time.advance(INTERVAL);
    assertThatThrownBy(() -> get(store.read(QUERY)))
        .hasCauseInstanceOf(StoreUnavailableException.class);
    Await.until("the table is tried", () -> http.calledOn.size() == 1);
    assertThat(http.calledOn).doesNotContain(Thread.currentThread());
  }

  /** It may block. */
  @Test
  void read_whenTheClientHasAnInterceptorOfTheService_isHandedOver() throws Exception {
    try (DynamoDbAsyncClient intercepted = client(List.of(new ExecutionInterceptor() {}));
        DynamoDbCacheStore over = store(intercepted)) {
      warmUp(over);
      http.calledOn.clear();
      for (int i = 0; i < 20; i++) {
        get(over.read(QUERY));
      }
      assertThat(http.calledOn).hasSize(20).doesNotContain(Thread.currentThread());
    }
  }

  /** The trace of a call is current where it is sent, here too. */
  @Test
  void read_inAContext_isSentInIt() throws Exception {
    untilOnThisThread();
    ThreadLocal<String> trace = new ThreadLocal<>();
    String[] seen = new String[1];
    http.before = () -> seen[0] = trace.get();
    get(
        store.read(
            QUERY,
            task -> {
              trace.set("current");
              task.run();
              trace.remove();
            }));
    assertThat(Arrays.asList(seen)).containsExactly("current");
  }
}
