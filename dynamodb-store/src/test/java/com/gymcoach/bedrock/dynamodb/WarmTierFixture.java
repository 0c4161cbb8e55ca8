package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.CacheStore;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A cache over DynamoDB behind a proxy that plays its failures, with real SDK clients all around,
 * and a Bedrock that numbers its answers.
 */
@Timeout(120)
abstract class WarmTierFixture {
  static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");

  /** For what is meant to be too late; all else has time enough on any machine. */
  static final Duration SHORT = Duration.ofSeconds(2);

  /** How long no look-up is sent to a failing table. */
  static final Duration LONG = Duration.ofMinutes(5);

  String table;
  FaultProxy proxy;
  final ManualTime time = ManualTime.startingAt(Instant.now());
  final AtomicInteger answers = new AtomicInteger();
  final BedrockStandIn bedrock =
      BedrockStandIn.start().answerWith(request -> Caller.reply("" + answers.incrementAndGet()));
  final List<AutoCloseable> open = new ArrayList<>();

  final Caller caller;
  private int asked;

  WarmTierFixture(Way way) {
    caller = new Caller(way, bedrock.endpoint());
  }

  /** Returns a client past the proxy. */
  DynamoDbClient dynamo() {
    return Dynamo.client();
  }

  @BeforeEach
  void start() {
    table = Dynamo.table(dynamo());
    proxy = new FaultProxy(dynamo().serviceClientConfiguration().endpointOverride().orElseThrow());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.release();
    for (AutoCloseable each : open) {
      each.close();
    }
    proxy.close();
    caller.close();
    bedrock.close();
  }

  <T extends AutoCloseable> T closing(T closeable) {
    open.add(0, closeable);
    return closeable;
  }

  DynamoDbCacheStore.Builder throughProxy(Kind kind) {
    DynamoDbCacheStore.Builder store =
        DynamoDbCacheStore.builder().tableName(table).timeSource(time);
    return kind == Kind.SYNC
        ? store.client(closing(Dynamo.client(proxy.endpoint())))
        : store.client(
            closing(
                Dynamo.configured(DynamoDbAsyncClient.builder(), proxy.endpoint())
                    .httpClientBuilder(SdkHttp.netty())
                    .build()));
  }

  DynamoDbCacheStore.Builder asyncOver(FailingHttp.Async http) {
    return DynamoDbCacheStore.builder()
        .tableName(table)
        .timeSource(time)
        .client(
            closing(
                Dynamo.configured(DynamoDbAsyncClient.builder(), proxy.endpoint())
                    .httpClient(closing(http))
                    .build()));
  }

  BedrockCache cache(DynamoDbCacheStore.Builder store) {
    return cache(store, Dynamo.PATIENT);
  }

  /** A cache with a short budget for a DynamoDB that does not answer. */
  BedrockCache hasty(DynamoDbCacheStore.Builder store) {
    return cache(store, SHORT);
  }

  private BedrockCache cache(DynamoDbCacheStore.Builder store, Duration budget) {
    return closing(
        BedrockCache.builder()
            .store(store.readBudget(budget).writeBudget(budget).build())
            .timeSource(time)
            .build());
  }

  /** A store that has nothing in its way. */
  CacheStore store() {
    return Dynamo.store(table).client(dynamo()).build();
  }

  /** A cache that has nothing in memory and nothing in its way. */
  BedrockCache fresh() {
    return closing(BedrockCache.builder().store(store()).timeSource(time).build());
  }

  Map<String, Map<String, AttributeValue>> items() {
    return Dynamo.items(dynamo(), table);
  }

  ConverseResponse call(BedrockCache cache, CacheScope scope, String question) {
    return caller.call(cache, scope, question);
  }

  String ask(BedrockCache cache, String question) {
    return caller.ask(cache, ALICE, question);
  }

  static Map<CacheFault, Long> faults(BedrockCache cache) {
    return cache.stats().faults();
  }

  static long count(BedrockCache cache, CacheFault fault) {
    return faults(cache).getOrDefault(fault, 0L);
  }

  /** Asks before, during and after a fault, each time something else. */
  void survives(BedrockCache cache, Runnable fault, Runnable healing, CacheFault named) {
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

  /** Asks until a look-up is sent: the first call only starts a probe in the background. */
  void askUntilUsed(BedrockCache cache) {
    Await.until(
        "the table is used again",
        () -> {
          Map<CacheFault, Long> before = faults(cache);
          ask(cache, "used? " + asked++);
          return faults(cache).equals(before);
        });
  }

  /** Answers are kept now, and found by another instance. */
  void recovers(BedrockCache cache) {
    askUntilUsed(cache);
    int calls = bedrock.requests();
    String after = ask(cache, "after");
    ConverseResponse elsewhere = call(fresh(), ALICE, "after");
    assertThat(Caller.text(elsewhere)).isEqualTo(after);
    assertThat(CacheOutcome.of(elsewhere).source()).isEqualTo(CacheSource.WARM);
    assertThat(bedrock.requests()).isEqualTo(calls + 1);
  }
}
