package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The store's own threads are held up: no caller is, and it says nothing of the table. */
@Timeout(120)
class OwnThreadsTest {
  private static final int THREADS = 8;
  private static final Duration BUDGET = Duration.ofSeconds(20);
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Partition PARTITION =
      new Partition("prod", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final StoreQuery QUERY =
      new StoreQuery(new EntryAddress(PARTITION, "chat", new Digest(5, 6, 7, 8)), true, true);
  private static final Instant UNTIL = Instant.parse("2126-01-02T03:04:05Z");

  private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);
  private final CountDownLatch allHeld = new CountDownLatch(THREADS);
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void release() {
    release.countDown();
  }

  private void holdUp() {
    allHeld.countDown();
    Await.latch(release);
  }

  private CacheStore store(DynamoDbCacheStore.Builder builder) {
    return builder
        .maxThreads(THREADS)
        .readBudget(BUDGET)
        .probeInterval(INTERVAL)
        .timeSource(time)
        .build();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  /** An invalidation takes all threads; the look-ups behind it are not sent. */
  @Test
  void f63_lookUpsWaitedForThreads_areNotSentAndBreakerStaysClosed() throws Exception {
    CannedHttp http =
        new CannedHttp(
            body -> {
              if (body.contains("UpdateExpression")) {
                holdUp();
              }
              return CannedHttp.Reply.ok("{}");
            });
    DynamoDbClient client =
        Dynamo.configured(DynamoDbClient.builder(), Dynamo.local().endpoint())
            .httpClient(http)
            .build();
    try (client;
        CacheStore store = store(DynamoDbCacheStore.builder().client(client).tableName("t"))) {
      List<CompletionStage<Void>> marks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        marks.add(store.mark(PARTITION, null, new Marker(1, i), UNTIL));
      }
      List<CompletionStage<StoreRead>> lookUps = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        lookUps.add(store.read(QUERY));
      }
      time.advance(BUDGET);
      release.countDown();
      for (CompletionStage<StoreRead> each : lookUps) {
        assertThatThrownBy(() -> get(each)).hasCauseInstanceOf(StoreBusyException.class);
      }
      for (CompletionStage<Void> each : marks) {
        get(each);
      }
      assertThat(http.requests).hasSize(THREADS).noneMatch(body -> body.contains("RequestItems"));
      assertThat(get(store.read(QUERY)).envelope()).isNull();
    }
  }

  private AwsBasicCredentials lateCredentials() {
    holdUp(); // the instance's metadata service does not answer
    return AwsBasicCredentials.create("local", "local");
  }

  /** The SDK's async client asks for credentials on the thread that calls it. */
  @Test
  void f23_credentialsDoNotCome_holdUpNoCallerAndOpenTheBreaker() throws Exception {
    try (DynamoDbAsyncClient client =
            Dynamo.configured(DynamoDbAsyncClient.builder(), Dynamo.local().endpoint())
                .credentialsProvider(this::lateCredentials)
                .build();
        CacheStore store =
            store(DynamoDbCacheStore.builder().client(client).tableName(Dynamo.table()))) {
      CompletableFuture<List<CompletionStage<StoreRead>>> asked = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                List<CompletionStage<StoreRead>> lookUps = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                  lookUps.add(store.read(QUERY));
                }
                asked.complete(lookUps);
              });
      caller.setDaemon(true);
      caller.start();
      List<CompletionStage<StoreRead>> lookUps = get(asked);
      Await.latch(allHeld);
      time.advance(BUDGET);
      assertThatThrownBy(() -> get(store.read(QUERY)))
          .hasCauseInstanceOf(StoreUnavailableException.class);
      release.countDown();
      for (CompletionStage<StoreRead> each : lookUps) {
        assertThat(get(each).envelope()).isNull();
      }
      time.advance(INTERVAL);
      Await.until( // the first has the table tried, and need not wait for that
          "look-ups are made",
          () -> !store.read(QUERY).toCompletableFuture().isCompletedExceptionally());
      assertThat(get(store.read(QUERY)).envelope()).isNull();
    }
  }

  /** The Common Runtime ends the JVM if its client is closed while a call begins. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void close_whileCallsBegin_returnsWhenTheClientMayBeClosed(boolean async) throws Exception {
    for (int round = 0; round < 20; round++) {
      CountDownLatch begun = new CountDownLatch(THREADS);
      CountDownLatch credentials = new CountDownLatch(1);
      AwsCredentialsProvider provider =
          () -> {
            begun.countDown();
            Await.latch(credentials);
            return AwsBasicCredentials.create("local", "local");
          };
      DynamoDbCacheStore.Builder builder = DynamoDbCacheStore.builder().tableName("t");
      AutoCloseable http = crt(builder, provider, async);
      CacheStore store = store(builder);
      List<CompletionStage<StoreRead>> lookUps = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        lookUps.add(store.read(QUERY));
      }
      Await.latch(begun);
      Thread closing = new Thread(store::close);
      closing.start();
      Await.until("the store waits", () -> closing.getState() == Thread.State.TIMED_WAITING);
      credentials.countDown();
      closing.join();
      if (!async) {
        assertThat(lookUps).allMatch(each -> each.toCompletableFuture().isDone());
      }
      http.close();
    }
  }

  private static AutoCloseable crt(
      DynamoDbCacheStore.Builder builder, AwsCredentialsProvider credentials, boolean async) {
    URI nobody = URI.create("http://127.0.0.1:1");
    if (async) {
      SdkAsyncHttpClient http = SdkHttp.CRT.async(THREADS);
      builder.client(
          Dynamo.configured(DynamoDbAsyncClient.builder(), nobody)
              .credentialsProvider(credentials)
              .httpClient(http)
              .build());
      return http;
    }
    SdkHttpClient http = SdkHttp.CRT_SYNC.sync(THREADS, SystemDefaultDnsResolver.INSTANCE);
    builder.client(
        Dynamo.configured(DynamoDbClient.builder(), nobody)
            .credentialsProvider(credentials)
            .httpClient(http)
            .build());
    return http;
  }
}
