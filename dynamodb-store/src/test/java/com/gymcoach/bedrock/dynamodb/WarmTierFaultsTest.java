package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CachingBedrockClient;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.BedrockStandIn.Reply;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * What DynamoDB can do to a caller: nothing. Real SDK clients, and DynamoDB Local behind a proxy
 * that plays the failures; each caller gets Bedrock's answer by one call, the failure is counted
 * under its name, and the same cache works again when DynamoDB does.
 */
@Timeout(120)
class WarmTierFaultsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** For what is meant to be too late; all else has time enough on any machine. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  private final String table = Dynamo.table();
  private final ManualTime time = ManualTime.startingAt(Instant.now());
  private final AtomicInteger answers = new AtomicInteger();
  private final BedrockStandIn bedrock =
      BedrockStandIn.start().answerWith(request -> reply("" + answers.incrementAndGet()));
  private final BedrockRuntimeClient client =
      Dynamo.configured(BedrockRuntimeClient.builder(), bedrock.endpoint())
          .httpClient(Apache5HttpClient.create())
          .build();
  private final FaultProxy proxy = new FaultProxy(Dynamo.local().endpoint());
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    proxy.release();
    for (AutoCloseable each : open) {
      each.close();
    }
    proxy.close();
    client.close();
    bedrock.close();
  }

  private static Reply reply(String text) {
    return Reply.json(
        "{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\""
            + text
            + "\"}]}},\"stopReason\":\"end_turn\"}");
  }

  private <T extends AutoCloseable> T closing(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  private DynamoDbCacheStore.Builder throughProxy(Kind kind) {
    DynamoDbCacheStore.Builder store = DynamoDbCacheStore.builder().tableName(table);
    return kind == Kind.SYNC
        ? store.client(closing(Dynamo.client(proxy.endpoint())))
        : store.client(
            closing(Dynamo.configured(DynamoDbAsyncClient.builder(), proxy.endpoint()).build()));
  }

  private BedrockCache cache(DynamoDbCacheStore.Builder store) {
    return closing(
        BedrockCache.builder()
            .store(store.readBudget(SHORT).writeBudget(SHORT).build())
            .timeSource(time)
            .build());
  }

  /** A cache that has nothing in memory and nothing in its way. */
  private BedrockCache fresh() {
    return closing(
        BedrockCache.builder().store(Kind.SYNC.store(table).build()).timeSource(time).build());
  }

  private ConverseResponse call(BedrockCache cache, CacheScope scope, String question) {
    Message message =
        Message.builder().role("user").content(ContentBlock.fromText(question)).build();
    return CachingBedrockClient.create(client, cache)
        .forScope(scope)
        .converse(r -> r.modelId("anthropic.claude-3-haiku-20240307-v1:0").messages(message));
  }

  private String ask(BedrockCache cache, String question) {
    return text(call(cache, ALICE, question));
  }

  private static String text(ConverseResponse response) {
    return response.output().message().content().get(0).text();
  }

  private static Map<CacheFault, Long> faults(BedrockCache cache) {
    return cache.stats().faults();
  }

  /** Asks before, during and after a fault, each time something else. */
  private void survives(BedrockCache cache, Runnable fault, Runnable healing, CacheFault named) {
    assertThat(ask(cache, "before")).isEqualTo("1");
    assertThat(faults(cache)).isEmpty();
    fault.run();
    assertThat(ask(cache, "during")).isEqualTo("2");
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(faults(cache)).containsEntry(named, 1L);
    assertThat(ask(cache, "before")).isEqualTo("1"); // memory needs no DynamoDB
    healing.run();
    recovers(cache);
  }

  /** What is asked now is kept, and found by another instance. */
  private void recovers(BedrockCache cache) {
    int calls = bedrock.requests();
    String after = ask(cache, "after");
    ConverseResponse elsewhere = call(fresh(), ALICE, "after");
    assertThat(text(elsewhere)).isEqualTo(after);
    assertThat(CacheOutcome.of(elsewhere).source()).isEqualTo(CacheSource.WARM);
    assertThat(bedrock.requests()).isEqualTo(calls + 1);
  }

  static Stream<Arguments> refusals() {
    return Stream.of(Kind.values())
        .flatMap(
            kind ->
                Stream.of(
                        "ProvisionedThroughputExceededException",
                        "ThrottlingException",
                        "RequestLimitExceeded")
                    .map(type -> Arguments.of(kind, type)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void f01_throttled_callerGetsBedrocksAnswerAfterOneAttempt(Kind kind, String type) {
    BedrockCache cache = cache(throughProxy(kind));
    int[] requests = new int[1];
    survives(
        cache,
        () -> {
          proxy.refuse(type);
          requests[0] = proxy.requests();
        },
        () -> {
          assertThat(proxy.requests() - requests[0]).isEqualTo(1);
          proxy.heal();
        },
        CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void f02_slow_isCutAtTheBudgetAndItsLateReplyChangesNothing(Kind kind) {
    BedrockCache cache = cache(throughProxy(kind));
    survives(
        cache,
        () -> proxy.play(FaultProxy.Mode.WITHHOLDING, ""),
        () -> {
          proxy.heal();
          proxy.release();
        },
        CacheFault.STORE_READ_TIMEOUT);
    assertThat(ask(cache, "during")).isEqualTo("2");
  }

  @ParameterizedTest
  @CsvSource({
    "SYNC, AccessDeniedException", "ASYNC, AccessDeniedException",
    "SYNC, ResourceNotFoundException", "ASYNC, ResourceNotFoundException"
  })
  void f03_f04_deniedOrMissing_callerGetsBedrocksAnswer(Kind kind, String type) {
    survives(
        cache(throughProxy(kind)),
        () -> proxy.refuse(type),
        proxy::heal,
        CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void f05_wrongKeySchema_callerGetsBedrocksAnswer(Kind kind) {
    BedrockCache cache =
        cache(throughProxy(kind).partitionKeyName("customerId").sortKeyName("orderId"));
    assertThat(ask(cache, "one")).isEqualTo("1");
    assertThat(ask(cache, "two")).isEqualTo("2");
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(faults(cache)).containsEntry(CacheFault.STORE_READ_FAILED, 2L);
    assertThat(ask(cache, "one")).isEqualTo("1");
  }

  @ParameterizedTest
  @EnumSource
  void f06_blackHole_isCutAtTheBudget(Kind kind) {
    survives(
        cache(throughProxy(kind)),
        () -> proxy.play(FaultProxy.Mode.SILENT, ""),
        proxy::heal, // what was sent into the hole stays there
        CacheFault.STORE_READ_TIMEOUT);
  }

  @ParameterizedTest
  @EnumSource
  void f07_connectionRefused_callerGetsBedrocksAnswer(Kind kind) {
    survives(cache(throughProxy(kind)), proxy::stop, proxy::resume, CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void f09_entryLargerThanAnItem_isKeptInMemoryOnly(Kind kind) {
    StringBuilder text = new StringBuilder();
    new Random(42).ints(700_000, 'a', 'z' + 1).forEach(c -> text.append((char) c));
    bedrock.answerWith(request -> reply(text.toString()));
    BedrockCache cache = cache(throughProxy(kind));
    for (int i = 0; i < 2; i++) {
      assertThat(ask(cache, "long")).isEqualTo(text.toString());
    }
    assertThat(bedrock.requests()).isEqualTo(1);
    assertThat(Dynamo.items(table)).isEmpty();
    assertThat(faults(cache)).isEmpty();
    bedrock.answerWith(request -> reply("short"));
    recovers(cache);
  }

  @ParameterizedTest
  @EnumSource
  void f10_expiredAndNotDeleted_isMissAndReplaced(Kind kind) {
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(ask(cache, "question")).isEqualTo("1");
    time.advance(TtlPolicy.DEFAULT_TTL);
    assertThat(Dynamo.items(table)).hasSize(1);
    assertThat(ask(fresh(), "question")).isEqualTo("2");
    assertThat(ask(cache, "question")).isEqualTo("2");
    assertThat(Dynamo.items(table)).hasSize(1);
  }

  /** A stored envelope made into something else, and what that is counted as. */
  record Damage(String number, UnaryOperator<byte[]> how, CacheFault named) {
    @Override
    public String toString() {
      return number;
    }
  }

  static Stream<Damage> damages() {
    return Stream.of(
        new Damage(
            "f12 corrupt bytes",
            bytes -> {
              byte[] noise = new byte[bytes.length];
              new Random(42).nextBytes(noise);
              noise[0] = bytes[0];
              return noise;
            },
            CacheFault.ENTRY_CHECKSUM),
        new Damage(
            "f13 truncated",
            bytes -> Arrays.copyOf(bytes, bytes.length - 1),
            CacheFault.ENTRY_CHECKSUM),
        new Damage(
            "f14 wrong check sum",
            bytes -> {
              bytes[bytes.length - 1] ^= 1;
              return bytes;
            },
            CacheFault.ENTRY_CHECKSUM),
        new Damage(
            "f16 newer version",
            bytes -> {
              bytes[0]++;
              return bytes;
            },
            CacheFault.ENTRY_FORMAT_UNKNOWN),
        new Damage(
            "f17 older version",
            bytes -> {
              bytes[0]--;
              return bytes;
            },
            CacheFault.ENTRY_FORMAT_UNKNOWN),
        new Damage("f19 empty binary", bytes -> new byte[0], CacheFault.ENTRY_CORRUPT));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void f12_f13_f14_f16_f17_f19_damagedEntry_isMissAndReplaced(Damage damage) {
    for (Kind kind : Kind.values()) {
      String question = "by " + kind;
      assertThat(ask(fresh(), question)).isEqualTo("" + answers.get());
      replaceBody(
          body ->
              AttributeValue.fromB(
                  SdkBytes.fromByteArray(damage.how.apply(body.b().asByteArray()))));
      isMissAndReplaced(kind, question, damage.named);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"string", "null", "number"})
  void f18_bodyOfAnotherType_isMissAndReplaced(String type) {
    for (Kind kind : Kind.values()) {
      String question = "by " + kind;
      ask(fresh(), question);
      replaceBody(
          body ->
              switch (type) {
                case "string" -> AttributeValue.fromS("x");
                case "null" -> AttributeValue.fromNul(true);
                default -> AttributeValue.fromN("1");
              });
      isMissAndReplaced(kind, question, CacheFault.ENTRY_CORRUPT);
    }
  }

  /** One user's entry, byte for byte, in the place of another's. */
  @ParameterizedTest
  @EnumSource
  void f15_entryOfAnotherOwner_isMiss(Kind kind) {
    CacheScope bob = CacheScope.user("bob").endpoint("chat");
    ask(fresh(), "question");
    AttributeValue alices =
        Objects.requireNonNull(Dynamo.items(table).values().iterator().next().get("b"));
    call(fresh(), bob, "question");
    replaceBody(body -> alices);
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(text(call(cache, bob, "question"))).isEqualTo("3");
    assertThat(faults(cache)).containsEntry(CacheFault.ENTRY_CHECKSUM, 1L);
  }

  /** An entry that says it is small and inflates to more is not inflated beyond what it said. */
  @ParameterizedTest
  @EnumSource
  void f20_entryWithoutEnd_isMiss(Kind kind) {
    ask(fresh(), "question");
    replaceBody(
        body -> {
          byte[] bytes = Arrays.copyOf(body.b().asByteArray(), 300_000);
          return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
        });
    isMissAndReplaced(kind, "question", CacheFault.ENTRY_CHECKSUM);
  }

  private void isMissAndReplaced(Kind kind, String question, CacheFault named) {
    int calls = bedrock.requests();
    BedrockCache cache = cache(throughProxy(kind));
    String answer = ask(cache, question);
    assertThat(answer).isEqualTo("" + answers.get());
    assertThat(bedrock.requests()).isEqualTo(calls + 1);
    assertThat(faults(cache)).containsEntry(named, 1L);
    assertThat(ask(fresh(), question)).isEqualTo(answer);
    assertThat(bedrock.requests()).isEqualTo(calls + 1);
  }

  /** Changes the envelope of every item. */
  private void replaceBody(UnaryOperator<AttributeValue> change) {
    Dynamo.items(table)
        .values()
        .forEach(
            item -> {
              Map<String, AttributeValue> changed = new HashMap<>(item);
              changed.computeIfPresent("b", (name, body) -> change.apply(body));
              Dynamo.client().putItem(put -> put.tableName(table).item(changed));
            });
  }

  @ParameterizedTest
  @EnumSource
  void f21_twoWritersRace_eachKeepsItsOwnAnswerAndOneIsStoredWhole(Kind kind) throws Exception {
    BedrockCache one = cache(throughProxy(kind));
    BedrockCache other = cache(throughProxy(kind));
    bedrock.hold();
    CompletableFuture<String> first = CompletableFuture.supplyAsync(() -> ask(one, "question"));
    CompletableFuture<String> second = CompletableFuture.supplyAsync(() -> ask(other, "question"));
    bedrock.awaitRequests(2);
    bedrock.release();
    List<String> answered =
        List.of(first.get(60, TimeUnit.SECONDS), second.get(60, TimeUnit.SECONDS));
    assertThat(answered).containsExactlyInAnyOrder("1", "2");
    assertThat(ask(one, "question")).isEqualTo(answered.get(0));
    assertThat(ask(other, "question")).isEqualTo(answered.get(1));
    assertThat(ask(fresh(), "question")).isIn(answered);
    assertThat(bedrock.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void f22_writeTimesOutThoughItSucceeded_isFoundLater(Kind kind) {
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(ask(cache, "before")).isEqualTo("1");
    proxy.play(FaultProxy.Mode.WITHHOLDING, "PutItem");
    assertThat(ask(cache, "during")).isEqualTo("2");
    assertThat(faults(cache)).containsExactly(Map.entry(CacheFault.STORE_WRITE_TIMEOUT, 1L));
    proxy.heal();
    proxy.release();
    assertThat(ask(fresh(), "during")).isEqualTo("2");
    assertThat(bedrock.requests()).isEqualTo(2);
    recovers(cache);
  }

  /** Passes on to a client that works, or fails as it is told. */
  private static final class FailingSync implements SdkHttpClient {
    private final SdkHttpClient works = Apache5HttpClient.create();
    private volatile @Nullable Throwable failure;

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      Throwable thrown = failure;
      if (thrown != null) {
        WarmTierFaultsTest.<RuntimeException>sneak(thrown);
      }
      return works.prepareRequest(request);
    }

    @Override
    public void close() {
      works.close();
    }
  }

  /** The same, of an async client; one that was told nothing to fail with never completes. */
  private static final class FailingAsync implements SdkAsyncHttpClient {
    private final SdkAsyncHttpClient works = NettyNioAsyncHttpClient.create();
    private volatile boolean fails;
    private volatile @Nullable Throwable failure;

    @Override
    public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
      Throwable thrown = failure;
      if (thrown != null) {
        WarmTierFaultsTest.<RuntimeException>sneak(thrown);
      }
      return fails ? new CompletableFuture<>() : works.execute(request);
    }

    @Override
    public void close() {
      works.close();
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable failure) throws E {
    throw (E) failure;
  }

  private DynamoDbCacheStore.Builder async(FailingAsync http) {
    return DynamoDbCacheStore.builder()
        .tableName(table)
        .client(
            closing(
                Dynamo.configured(DynamoDbAsyncClient.builder(), proxy.endpoint())
                    .httpClient(closing(http))
                    .build()));
  }

  @Test
  void f23_futureNeverCompletes_isCutAtTheBudget() {
    FailingAsync http = new FailingAsync();
    survives(
        cache(async(http)),
        () -> http.fails = true,
        () -> http.fails = false,
        CacheFault.STORE_READ_TIMEOUT);
  }

  static Stream<Throwable> thrown() {
    return Stream.of(new IllegalStateException("pool shut down"), new NoClassDefFoundError("x"));
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void f24_asyncClientThrows_callerGetsBedrocksAnswer(Throwable failure) {
    FailingAsync http = new FailingAsync();
    survives(
        cache(async(http)),
        () -> http.failure = failure,
        () -> http.failure = null,
        CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void f24_syncClientThrows_callerGetsBedrocksAnswer(Throwable failure) {
    FailingSync http = new FailingSync();
    DynamoDbClient dynamo =
        closing(
            Dynamo.configured(DynamoDbClient.builder(), proxy.endpoint())
                .httpClient(closing(http))
                .build());
    survives(
        cache(DynamoDbCacheStore.builder().tableName(table).client(dynamo)),
        () -> http.failure = failure,
        () -> http.failure = null,
        CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @EnumSource
  void f25_clientClosedUnderneath_callerGetsBedrocksAnswer(Kind kind) throws Exception {
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(ask(cache, "before")).isEqualTo("1");
    open.get(1).close(); // the store's client, which was opened before the cache
    assertThat(ask(cache, "during")).isEqualTo("2");
    assertThat(ask(cache, "before")).isEqualTo("1");
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(faults(cache)).containsEntry(CacheFault.STORE_READ_FAILED, 1L);
  }

  /** More callers than the sync client's threads and their queue hold: some are turned away. */
  @Test
  void f63_poolIsFull_everyCallerGetsBedrocksAnswer() throws Exception {
    int callers = 8 + 256 + 40;
    BedrockCache cache = cache(throughProxy(Kind.SYNC));
    assertThat(ask(cache, "before")).isEqualTo("1");
    proxy.play(FaultProxy.Mode.SILENT, "");
    ExecutorService threads = Executors.newFixedThreadPool(callers);
    try {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        String question = "question " + i;
        calls.add(threads.submit(() -> ask(cache, question)));
      }
      assertThat(calls).allSatisfy(call -> assertThat(call.get(60, TimeUnit.SECONDS)).isNotEmpty());
    } finally {
      threads.shutdownNow();
    }
    assertThat(bedrock.requests()).isEqualTo(1 + callers);
    Map<CacheFault, Long> faults = faults(cache);
    assertThat(faults).containsKeys(CacheFault.STORE_READ_FAILED, CacheFault.STORE_READ_TIMEOUT);
    assertThat(
            faults.getOrDefault(CacheFault.STORE_READ_FAILED, 0L)
                + faults.getOrDefault(CacheFault.STORE_READ_TIMEOUT, 0L))
        .isEqualTo(callers);
    proxy.heal();
    proxy.release();
    recovers(cache);
  }

  /**
   * Whatever thread DynamoDB answers on, the engine and the service's own callbacks run on the
   * caller's: none of them can block a client's event loop. A pool of one thread is enough.
   */
  @ParameterizedTest
  @EnumSource
  void f64_callbacks_runOnTheCallersThreadOnly(Kind kind) throws Exception {
    Map<String, Thread> seen = new ConcurrentHashMap<>();
    Consumer<String> note =
        what -> seen.merge(what, Thread.currentThread(), (a, b) -> a == b ? a : b);
    BedrockCache cache =
        closing(
            BedrockCache.builder()
                .store(kind.store(table).build())
                .ttlPolicy(
                    call -> {
                      note.accept("ttl");
                      return Duration.ofHours(1);
                    })
                .metricsSink(event -> note.accept("sink"))
                .build());
    ForkJoinPool pool = new ForkJoinPool(1);
    try {
      Thread caller =
          pool.submit(
                  () -> {
                    ask(cache, "question");
                    ask(cache, "question");
                    ask(cache, "another");
                    return Thread.currentThread();
                  })
              .get(60, TimeUnit.SECONDS);
      assertThat(seen)
          .containsOnlyKeys("ttl", "sink")
          .allSatisfy((k, t) -> assertThat(t).isSameAs(caller));
    } finally {
      pool.shutdownNow();
    }
    assertThat(bedrock.requests()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void f69_f70_userInvalidatedDuringAFill_isNotResurrected(Kind kind) throws Exception {
    BedrockCache cache = cache(throughProxy(kind));
    whileInFlight(cache, () -> cache.invalidate(CacheScope.user("alice")));
    assertThat(ask(cache, "question")).isEqualTo("2");
    assertThat(ask(fresh(), "question")).isEqualTo("2");
  }

  /** What a purge of the whole namespace leaves in the table: a marker that nobody has seen. */
  @ParameterizedTest
  @EnumSource
  void f71_namespacePurgedDuringAFill_isNotResurrected(Kind kind) throws Exception {
    BedrockCache cache = cache(throughProxy(kind));
    whileInFlight(
        cache,
        () ->
            Dynamo.client()
                .putItem(
                    put ->
                        put.tableName(table)
                            .item(
                                Map.of(
                                    "PK", AttributeValue.fromS("CACHE#default"),
                                    "SK", AttributeValue.fromS("M"),
                                    "s",
                                        AttributeValue.fromB(
                                            SdkBytes.fromByteArray(
                                                new byte[] {
                                                  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
                                                  16
                                                }))))));
    assertThat(ask(fresh(), "question")).isEqualTo("2");
    time.advance(Duration.ofSeconds(10));
    assertThat(ask(cache, "question")).isNotEqualTo("1");
  }

  private void whileInFlight(BedrockCache cache, Runnable purge) throws Exception {
    bedrock.hold();
    CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> ask(cache, "question"));
    bedrock.awaitRequests(1);
    purge.run();
    bedrock.release();
    assertThat(waiting.get(60, TimeUnit.SECONDS)).isEqualTo("1");
  }

  @ParameterizedTest
  @EnumSource
  void f72_invalidationNotAcknowledged_callerIsToldAndNothingIsServed(Kind kind) {
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(ask(cache, "question")).isEqualTo("1");
    proxy.refuse("ThrottlingException");
    assertThat(catchThrowable(() -> cache.invalidate(ALICE)))
        .isInstanceOf(SdkClientException.class);
    proxy.heal();
    assertThat(ask(cache, "question")).isEqualTo("2");
    assertThat(faults(cache)).containsEntry(CacheFault.INVALIDATION_FAILED, 1L);
  }
}
