package com.gymcoach.bedrock.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.dynamodb.CacheTable;
import com.gymcoach.bedrock.dynamodb.DynamoDbCacheStore;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Answer;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Operation;
import com.gymcoach.bedrock.opentelemetry.TracedBedrock.Setup;
import com.gymcoach.bedrock.testkit.DynamoDbLocal;
import com.gymcoach.bedrock.testkit.ManualTime;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The spans of the requests to DynamoDB and to Bedrock are children of the call's span: the store
 * sends its requests on its own threads, and async calls continue there.
 */
@Timeout(120)
class StoreSpansTest {
  private static final AtomicInteger TABLES = new AtomicInteger();
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static final String READ = "DynamoDb.BatchGetItem";
  private static final String WRITE = "DynamoDb.PutItem";
  private static final String MODEL = "chat amazon.nova-lite-v1:0";

  private static final Span CALLER =
      Span.wrap(
          SpanContext.create(
              "0af7651916cd43dd8448eb211c80319c",
              "b7ad6b7169203331",
              TraceFlags.getSampled(),
              TraceState.getDefault()));

  private static final DynamoDbLocal DYNAMO = DynamoDbLocal.start();
  private static final SdkAsyncHttpClient ASYNC_HTTP = NettyNioAsyncHttpClient.create();
  private static final SdkHttpClient HTTP = UrlConnectionHttpClient.create();

  /** The client of the store. */
  enum StoreClient {
    SYNC,
    ASYNC
  }

  private final TracedBedrock bedrock = new TracedBedrock(ASYNC_HTTP);

  /** Begins now: DynamoDB Local deletes what has expired by its own clock. */
  private final ManualTime time = ManualTime.startingAt(Instant.now());

  private final OpenTelemetryTracer tracer = OpenTelemetryTracer.create(bedrock.openTelemetry);
  private final DynamoDbClient sync =
      set(DynamoDbClient.builder()).httpClient(HTTP).overrideConfiguration(traced()).build();
  private final DynamoDbAsyncClient async =
      set(DynamoDbAsyncClient.builder())
          .httpClient(ASYNC_HTTP)
          .overrideConfiguration(traced())
          .build();
  private final String table = "cache-" + TABLES.incrementAndGet();

  StoreSpansTest() {
    try (DynamoDbClient untraced = set(DynamoDbClient.builder()).httpClient(HTTP).build()) {
      CacheTable.create(untraced, table);
    }
  }

  private static <B extends AwsClientBuilder<B, C>, C> B set(B builder) {
    return builder
        .endpointOverride(DYNAMO.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")));
  }

  private ClientOverrideConfiguration traced() {
    return ClientOverrideConfiguration.builder()
        .addExecutionInterceptor(bedrock.telemetry.createExecutionInterceptor())
        .build();
  }

  @AfterEach
  void stop() {
    DYNAMO.answerAsUsual();
    sync.close();
    async.close();
    bedrock.close();
  }

  @AfterAll
  static void closeAll() {
    ASYNC_HTTP.close();
    HTTP.close();
    DYNAMO.close();
  }

  private static List<Arguments> all() {
    List<Arguments> all = new ArrayList<>();
    for (StoreClient client : StoreClient.values()) {
      all.add(Arguments.of(client, Setup.SYNC, Operation.CONVERSE));
      all.add(Arguments.of(client, Setup.ASYNC, Operation.CONVERSE));
      all.add(Arguments.of(client, Setup.ASYNC, Operation.CONVERSE_STREAM));
    }
    return all;
  }

  private BedrockCache cache(StoreClient client) {
    DynamoDbCacheStore.Builder store =
        DynamoDbCacheStore.builder().tableName(table).readBudget(PATIENT).writeBudget(PATIENT);
    return BedrockCache.builder()
        .store((client == StoreClient.SYNC ? store.client(sync) : store.client(async)).build())
        .timeSource(time)
        .ttlPolicy(
            TtlPolicy.fixed(Duration.ofMinutes(1))
                .withJitter(0)
                .withStaleWhileRevalidate(Duration.ofHours(1)))
        .tracer(tracer)
        .build();
  }

  /** Makes a call in a span of its caller. */
  private CacheOutcome call(Setup setup, Operation operation, BedrockCache cache) {
    Answer answer =
        Context.current()
            .with(CALLER)
            .wrapSupplier(() -> bedrock.call(setup, operation, cache).join())
            .get();
    return Objects.requireNonNull(answer.outcome());
  }

  /** Checks that the spans are a call's span and its children with these names, and no others. */
  private static void assertCall(List<SpanData> spans, String... children) {
    List<SpanData> calls =
        spans.stream().filter(span -> span.getName().startsWith("bedrock.cache ")).toList();
    assertThat(calls).hasSize(1);
    assertThat(calls.get(0).getParentSpanContext()).isEqualTo(CALLER.getSpanContext());
    List<SpanData> others = spans.stream().filter(span -> span != calls.get(0)).toList();
    assertThat(others).extracting(SpanData::getName).containsExactlyInAnyOrder(children);
    assertThat(others)
        .extracting(SpanData::getParentSpanContext)
        .allMatch(calls.get(0).getSpanContext()::equals);
  }

  /**
   * Waits until an answer is stored, because streams and refreshes end later; returns the spans.
   */
  private List<SpanData> untilStored() throws InterruptedException {
    List<SpanData> spans = new ArrayList<>();
    while (spans.stream().noneMatch(span -> span.getName().equals(WRITE))) {
      spans.add(bedrock.spans.next());
    }
    spans.addAll(bedrock.spans.rest());
    return spans;
  }

  @ParameterizedTest
  @MethodSource("all")
  void call_toEachTier_hasTheRequestsItMadeAsChildren(
      StoreClient client, Setup setup, Operation operation) throws InterruptedException {
    try (BedrockCache one = cache(client);
        BedrockCache other = cache(client)) {
      assertThat(call(setup, operation, one).status()).isEqualTo(Status.MISS);
      assertCall(untilStored(), READ, MODEL, WRITE);

      assertThat(call(setup, operation, other).source()).isEqualTo(CacheSource.WARM);
      assertCall(bedrock.spans.rest(), READ);

      assertThat(call(setup, operation, other).source()).isEqualTo(CacheSource.HOT);
      assertCall(bedrock.spans.rest());
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void backgroundRefresh_hasItsRequestsUnderTheCallThatWasServedTheStaleAnswer(
      StoreClient client, Setup setup, Operation operation) throws InterruptedException {
    try (BedrockCache cache = cache(client)) {
      call(setup, operation, cache);
      untilStored();
      time.advance(Duration.ofMinutes(2));

      CacheOutcome stale = call(setup, operation, cache);
      assertThat(stale.stale()).isTrue();
      assertCall(untilStored(), READ, READ, MODEL, WRITE); // the refresh looks it up too
      assertThat(bedrock.standIn.requests()).isEqualTo(2);
    }
  }

  /** The caller's next step is not part of the call, although it runs on the store's thread. */
  @ParameterizedTest
  @EnumSource(StoreClient.class)
  void warmHit_continuesOutsideItsSpan(StoreClient client) {
    try (BedrockCache one = cache(client);
        BedrockCache other = cache(client)) {
      call(Setup.ASYNC, Operation.CONVERSE, one);
      CountDownLatch registered = new CountDownLatch(1);
      DYNAMO.answerWith(
          request -> {
            registered.await();
            return null;
          });
      CompletableFuture<Thread> thread = new CompletableFuture<>();
      CompletableFuture<Context> next =
          bedrock
              .call(Setup.ASYNC, Operation.CONVERSE, other)
              .thenApply(
                  answer -> {
                    thread.complete(Thread.currentThread());
                    return Context.current();
                  });
      registered.countDown();
      assertThat(next.join()).isSameAs(Context.root());
      assertThat(thread.join()).isNotSameAs(Thread.currentThread());
    }
  }
}
