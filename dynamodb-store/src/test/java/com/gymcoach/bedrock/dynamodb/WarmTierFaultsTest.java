package com.gymcoach.bedrock.dynamodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.dynamodb.Caller.Way;
import com.gymcoach.bedrock.dynamodb.Dynamo.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * What DynamoDB can do to a caller: nothing. Each caller gets Bedrock's answer by one call, the
 * failure is counted under its name, and the same cache works again when DynamoDB does.
 */
@ParameterizedClass
@EnumSource(Way.class)
class WarmTierFaultsTest extends WarmTierFixture {
  WarmTierFaultsTest(Way way) {
    super(way);
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
  @EnumSource(Kind.class)
  void f02_slow_isCutAtTheBudgetAndItsLateReplyChangesNothing(Kind kind) {
    BedrockCache cache = hasty(throughProxy(kind));
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
        () -> {
          proxy.heal();
          time.advance(LONG);
        },
        CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f05_wrongKeySchema_callerGetsBedrocksAnswer(Kind kind) {
    BedrockCache cache =
        cache(throughProxy(kind).partitionKeyName("customerId").sortKeyName("orderId"));
    assertThat(ask(cache, "one")).isEqualTo("1");
    assertThat(ask(cache, "two")).isEqualTo("2");
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(faults(cache))
        .containsEntry(CacheFault.STORE_READ_FAILED, 1L)
        .containsEntry(CacheFault.STORE_UNAVAILABLE, 1L);
    assertThat(ask(cache, "one")).isEqualTo("1");
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f06_blackHole_isCutAtTheBudget(Kind kind) {
    survives(
        hasty(throughProxy(kind)),
        () -> proxy.play(FaultProxy.Mode.SILENT, ""),
        proxy::heal, // requests sent into the hole stay there
        CacheFault.STORE_READ_TIMEOUT);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f07_connectionRefused_callerGetsBedrocksAnswer(Kind kind) {
    survives(cache(throughProxy(kind)), proxy::stop, proxy::resume, CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f09_entryLargerThanAnItem_isKeptInMemoryOnly(Kind kind) {
    StringBuilder text = new StringBuilder();
    new Random(42).ints(700_000, 'a', 'z' + 1).forEach(c -> text.append((char) c));
    bedrock.answerWith(request -> Caller.reply(text.toString()));
    BedrockCache cache = cache(throughProxy(kind));
    for (int i = 0; i < 2; i++) {
      assertThat(ask(cache, "long")).isEqualTo(text.toString());
    }
    assertThat(bedrock.requests()).isEqualTo(1);
    assertThat(items()).isEmpty();
    assertThat(faults(cache)).isEqualTo(Map.of(CacheFault.ENTRY_TOO_LARGE, 1L));
    bedrock.answerWith(request -> Caller.reply("short"));
    recovers(cache);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f10_expiredAndNotDeleted_isMissAndReplaced(Kind kind) {
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(ask(cache, "question")).isEqualTo("1");
    time.advance(TtlPolicy.DEFAULT_TTL);
    assertThat(items()).hasSize(1);
    assertThat(ask(fresh(), "question")).isEqualTo("2");
    assertThat(ask(cache, "question")).isEqualTo("2");
    assertThat(items()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
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
  @EnumSource(Kind.class)
  void f22_writeTimesOutThoughItSucceeded_isFoundLater(Kind kind) {
    BedrockCache cache = hasty(throughProxy(kind));
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

  @Test
  void f23_futureNeverCompletes_isCutAtTheBudget() {
    FailingHttp.Async http = new FailingHttp.Async();
    survives(
        hasty(asyncOver(http)),
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
    FailingHttp.Async http = new FailingHttp.Async();
    survives(
        cache(asyncOver(http)),
        () -> http.failure = failure,
        () -> http.failure = null,
        CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @MethodSource("thrown")
  void f24_syncClientThrows_callerGetsBedrocksAnswer(Throwable failure) {
    FailingHttp.Sync http = new FailingHttp.Sync();
    DynamoDbClient dynamo =
        closing(
            Dynamo.configured(DynamoDbClient.builder(), proxy.endpoint())
                .httpClient(closing(http))
                .build());
    survives(
        cache(DynamoDbCacheStore.builder().tableName(table).timeSource(time).client(dynamo)),
        () -> http.failure = failure,
        () -> http.failure = null,
        CacheFault.STORE_READ_FAILED);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f25_clientClosedUnderneath_callerGetsBedrocksAnswer(Kind kind) throws Exception {
    BedrockCache cache = cache(throughProxy(kind));
    assertThat(ask(cache, "before")).isEqualTo("1");
    open.get(1).close(); // the store's client, which was opened before the cache
    assertThat(ask(cache, "during")).isEqualTo("2");
    assertThat(ask(cache, "before")).isEqualTo("1");
    assertThat(bedrock.requests()).isEqualTo(2);
    assertThat(faults(cache)).containsEntry(CacheFault.STORE_READ_FAILED, 1L);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void f69_f70_userInvalidatedDuringAFill_isNotResurrected(Kind kind) throws Exception {
    BedrockCache cache = cache(throughProxy(kind));
    whileInFlight(cache, () -> cache.invalidate(CacheScope.user("alice")));
    assertThat(ask(cache, "question")).isEqualTo("2");
    assertThat(ask(fresh(), "question")).isEqualTo("2");
  }

  /** The effect of a purge of the whole namespace: a new marker in the table. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void f71_namespacePurgedDuringAFill_isNotResurrected(Kind kind) throws Exception {
    BedrockCache cache = cache(throughProxy(kind));
    whileInFlight(cache, () -> Dynamo.markNamespace(dynamo(), table, "default", new Marker(1, 2)));
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
  @EnumSource(Kind.class)
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

  /** A Lambda is frozen while it writes, and thawed hours later with dead connections. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void f80_frozenAmidAWriteAndThawedWithDeadConnections_goesOn(Kind kind) {
    BedrockCache cache = hasty(throughProxy(kind));
    assertThat(ask(cache, "before")).isEqualTo("1");
    proxy.play(FaultProxy.Mode.WITHHOLDING, "PutItem");
    assertThat(ask(cache, "frozen")).isEqualTo("2");
    proxy.stop();
    time.advance(Duration.ofHours(5));
    proxy.resume();
    proxy.heal();
    proxy.release();
    assertThat(ask(cache, "thawed")).isEqualTo("3");
    assertThat(ask(cache, "before")).isEqualTo("4"); // its life is over
    recovers(cache);
  }
}
