package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CannedHttp.Body;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Answers past their TTL: served only if the policy allows it, marked, and revalidated. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class FreshnessTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final TtlPolicy PLAIN = TtlPolicy.fixed(TTL).withJitter(0);
  private static final TtlPolicy REVALIDATING = PLAIN.withStaleWhileRevalidate(WINDOW);
  private static final TtlPolicy IF_ERROR = PLAIN.withStaleIfError(WINDOW);

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();

  /** The background tasks. */
  private final Queue<Runnable> behind = new ArrayDeque<>();

  FreshnessTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder(TtlPolicy policy) {
    return BedrockCache.builder().ttlPolicy(policy).timeSource(time).executor(behind::add);
  }

  private BedrockCache inMemory(TtlPolicy policy) {
    return builder(policy).build();
  }

  private BedrockCache withStore(TtlPolicy policy) {
    return builder(policy).store(store).build();
  }

  private ConverseResponse ask(BedrockCache cache) {
    return way.over(bedrock, cache).forScope(ALICE).converse(FakeBedrock.ask("one"));
  }

  private static String text(ConverseResponse response) {
    return response.output().message().content().get(0).text();
  }

  private void assertAnswer(BedrockCache cache, String text, Status status, boolean stale) {
    ConverseResponse response = ask(cache);
    CacheOutcome outcome = CacheOutcome.of(response);
    assertThat(text(response)).isEqualTo(text);
    assertThat(outcome.status()).isEqualTo(status);
    assertThat(outcome.stale()).isEqualTo(stale);
  }

  private void runBehind() {
    for (Runnable task = behind.poll(); task != null; task = behind.poll()) {
      task.run();
    }
  }

  private void fail(RuntimeException failure) {
    bedrock.answer =
        request -> {
          throw failure;
        };
  }

  private static AwsServiceException failure(int status) {
    return AwsServiceException.builder().message("no").statusCode(status).build();
  }

  @Test
  void expired_whenNothingIsSet_isMiss() {
    BedrockCache cache = inMemory(PLAIN);
    ask(cache);
    time.advance(TTL);
    assertAnswer(cache, "answer 2", Status.MISS, false);
    assertThat(behind).isEmpty();
  }

  @Test
  void staleWhileRevalidate_servesTheOldAnswerAtOnceAndAsksOnceBehind() {
    BedrockCache cache = inMemory(REVALIDATING);
    ask(cache);
    time.advance(TTL.plusSeconds(5));
    for (int i = 0; i < 10; i++) {
      assertAnswer(cache, "answer 1", Status.HIT, true);
    }
    assertThat(bedrock.calls).hasValue(1);
    assertThat(behind).hasSize(1);
    runBehind();
    assertThat(bedrock.calls).hasValue(2);
    assertAnswer(cache, "answer 2", Status.HIT, false);
    assertThat(cache.stats().total().staleHits()).isEqualTo(10);
    assertThat(cache.stats().total().reasons())
        .containsEntry(CacheReason.STALE_WHILE_REVALIDATE, 10L);
  }

  @Test
  void staleWhileRevalidate_outcomeSaysSoInTheHeaderToo() {
    BedrockCache cache = inMemory(REVALIDATING);
    ask(cache);
    time.advance(TTL.plusSeconds(5));
    ConverseResponse response = ask(cache);
    CacheOutcome outcome = CacheOutcome.of(response);
    assertThat(outcome.reason()).contains(CacheReason.STALE_WHILE_REVALIDATE);
    assertThat(outcome.age()).isEqualTo(TTL.plusSeconds(5));
    assertThat(outcome.ttl()).contains(Duration.ofSeconds(-5));
    String header = "bedrock-cache; hit; ttl=-5; age=65; detail=HOT.STALE_WHILE_REVALIDATE";
    assertThat(response.sdkHttpResponse().firstMatchingHeader("Cache-Status")).contains(header);
    ConverseResponse rebuilt =
        (ConverseResponse)
            response.toBuilder()
                .sdkHttpResponse(response.sdkHttpResponse().toBuilder().build())
                .build();
    assertThat(CacheOutcome.of(rebuilt)).isEqualTo(outcome);
    assertThat(outcome).hasToString("HIT from HOT, 65 s old, STALE_WHILE_REVALIDATE");
  }

  @Test
  void staleWhileRevalidate_afterItsWindow_isMiss() {
    BedrockCache cache = inMemory(REVALIDATING);
    ask(cache);
    time.advance(TTL.plus(WINDOW));
    assertAnswer(cache, "answer 2", Status.MISS, false);
  }

  @Test
  void staleWhileRevalidate_whenBedrockFailsBehind_isCountedAndTriedAgain() {
    BedrockCache cache = inMemory(REVALIDATING);
    ask(cache);
    time.advance(TTL);
    fail(failure(500));
    assertAnswer(cache, "answer 1", Status.HIT, true);
    runBehind();
    assertThat(cache.stats().faults()).containsEntry(CacheFault.REVALIDATION_FAILED, 1L);
    bedrock.answer = request -> FakeBedrock.reply("new", StopReason.END_TURN);
    assertAnswer(cache, "answer 1", Status.HIT, true);
    runBehind();
    assertAnswer(cache, "new", Status.HIT, false);
  }

  @Test
  void staleWhileRevalidate_whenTheExecutorRejects_servesAllTheSame() {
    BedrockCache cache =
        builder(REVALIDATING)
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();
    ask(cache);
    time.advance(TTL);
    assertAnswer(cache, "answer 1", Status.HIT, true);
    assertThat(cache.stats().faults()).containsEntry(CacheFault.REVALIDATION_FAILED, 1L);
  }

  @Test
  void staleWhileRevalidate_whenClosedBeforeTheRefreshBegins_makesNoCall() {
    BedrockCache cache = inMemory(REVALIDATING);
    ask(cache);
    time.advance(TTL);
    assertAnswer(cache, "answer 1", Status.HIT, true);
    cache.close();
    assertThat(behind).hasSize(1);
    runBehind();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void staleWhileRevalidate_fromTheStore_isServedAndRenewedThere() {
    ask(withStore(REVALIDATING));
    time.advance(TTL);
    BedrockCache other = withStore(REVALIDATING);
    ConverseResponse first = ask(other);
    assertThat(text(first)).isEqualTo("answer 1");
    assertThat(CacheOutcome.of(first).source()).isEqualTo(CacheSource.WARM);
    assertThat(CacheOutcome.of(first).stale()).isTrue();
    assertAnswer(other, "answer 1", Status.HIT, true);
    assertThat(behind).hasSize(1);
    runBehind();
    assertAnswer(withStore(REVALIDATING), "answer 2", Status.HIT, false);
    assertThat(bedrock.calls).hasValue(2);
  }

  /** Another instance has renewed it already: Bedrock is not asked. */
  @Test
  void staleWhileRevalidate_whenTheStoreHasANewerOne_takesThat() {
    BedrockCache here = withStore(REVALIDATING);
    BedrockCache there = withStore(REVALIDATING);
    ask(here);
    ask(there);
    time.advance(TTL.plusSeconds(5));
    ask(there);
    runBehind();
    assertThat(bedrock.calls).hasValue(2);
    ask(here);
    runBehind();
    assertAnswer(here, "answer 2", Status.HIT, false);
    assertThat(bedrock.calls).hasValue(2);
  }

  @Test
  void staleWhileRevalidate_whenInvalidated_isNotServed() {
    BedrockCache here = withStore(REVALIDATING);
    BedrockCache there = withStore(REVALIDATING);
    ask(here);
    ask(there);
    time.advance(TTL);
    assertAnswer(there, "answer 1", Status.HIT, true);
    here.invalidate(ALICE);
    assertAnswer(here, "answer 2", Status.MISS, false);
    time.advance(Duration.ofSeconds(10));
    assertAnswer(there, "answer 2", Status.HIT, false);
  }

  /** A refresh that began before an invalidation is not kept after it. */
  @Test
  void f69_invalidatedDuringARevalidation_isNotResurrected() {
    BedrockCache cache = withStore(REVALIDATING);
    ask(cache);
    time.advance(TTL);
    ask(cache);
    bedrock.answer =
        request -> {
          cache.invalidate(ALICE);
          return FakeBedrock.reply("made before", StopReason.END_TURN);
        };
    runBehind();
    bedrock.answer = request -> FakeBedrock.reply("made after", StopReason.END_TURN);
    assertAnswer(cache, "made after", Status.MISS, false);
    assertAnswer(withStore(REVALIDATING), "made after", Status.HIT, false);
  }

  static Stream<RuntimeException> troubles() {
    return Stream.of(
        failure(429),
        failure(500),
        failure(503),
        failure(408),
        ApiCallTimeoutException.create(1),
        ApiCallAttemptTimeoutException.create(1));
  }

  @ParameterizedTest
  @MethodSource("troubles")
  void staleIfError_whenBedrockIsInTrouble_servesTheOldAnswer(RuntimeException trouble) {
    for (BedrockCache cache : List.of(inMemory(IF_ERROR), withStore(IF_ERROR))) {
      bedrock.answer = request -> FakeBedrock.reply("old", StopReason.END_TURN);
      ask(cache);
      time.advance(TTL);
      fail(trouble);
      ConverseResponse response = ask(cache);
      assertThat(text(response)).isEqualTo("old");
      assertThat(CacheOutcome.of(response).reason()).contains(CacheReason.STALE_IF_ERROR);
      assertThat(behind).isEmpty();
      bedrock.answer = request -> FakeBedrock.reply("new", StopReason.END_TURN);
      assertAnswer(cache, "new", Status.MISS, false);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 424})
  void staleIfError_whenTheRequestIsAtFault_failsAsItDid(int status) {
    BedrockCache cache = inMemory(IF_ERROR);
    ask(cache);
    time.advance(TTL);
    RuntimeException failure = failure(status);
    fail(failure);
    assertThat(catchThrowable(() -> ask(cache))).isSameAs(failure);
  }

  @Test
  void staleIfError_whenNotSetOrTooLate_failsAsItDid() {
    RuntimeException failure = failure(503);
    for (TtlPolicy policy : List.of(PLAIN, IF_ERROR)) {
      BedrockCache cache = inMemory(policy);
      bedrock.answer = request -> FakeBedrock.reply("old", StopReason.END_TURN);
      ask(cache);
      time.advance(TTL.plus(WINDOW));
      fail(failure);
      assertThat(catchThrowable(() -> ask(cache))).isSameAs(failure);
    }
  }

  @Test
  void staleIfError_whenErased_failsAsItDid() {
    for (BedrockCache cache : List.of(inMemory(IF_ERROR), withStore(IF_ERROR))) {
      bedrock.answer = request -> FakeBedrock.reply("old", StopReason.END_TURN);
      ask(cache);
      time.advance(TTL);
      cache.invalidate(ALICE);
      RuntimeException failure = failure(503);
      fail(failure);
      assertThat(catchThrowable(() -> ask(cache))).isSameAs(failure);
    }
  }

  /** The invalidation comes while Bedrock is failing. */
  @Test
  void staleIfError_whenErasedMeanwhile_failsAsItDid() {
    BedrockCache cache = withStore(IF_ERROR);
    ask(cache);
    time.advance(TTL);
    RuntimeException failure = failure(503);
    bedrock.answer =
        request -> {
          cache.invalidate(ALICE);
          throw failure;
        };
    assertThat(catchThrowable(() -> ask(cache))).isSameAs(failure);
  }

  /** Bedrock takes longer to fail than an invalidation may go unnoticed. */
  @Test
  void staleIfError_whenErasedElsewhereLongerAgoThanTheDelay_failsAsItDid() {
    BedrockCache here = withStore(IF_ERROR);
    BedrockCache there = withStore(IF_ERROR);
    ask(here);
    time.advance(TTL);
    RuntimeException failure = failure(503);
    bedrock.answer =
        request -> {
          there.invalidate(ALICE);
          time.advance(Duration.ofSeconds(10));
          throw failure;
        };
    assertThat(catchThrowable(() -> ask(here))).isSameAs(failure);
  }

  @Test
  void staleIfError_whenBedrockFailsSlowlyAndNothingWasErased_servesTheOldAnswer() {
    BedrockCache cache = withStore(IF_ERROR);
    ask(cache);
    time.advance(TTL);
    bedrock.answer =
        request -> {
          time.advance(Duration.ofMinutes(1));
          throw ApiCallTimeoutException.create(60_000);
        };
    assertAnswer(cache, "answer 1", Status.HIT, true);
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void stream_pastItsLife_isPlayedAndFetchedAnewBehind() {
    CannedHttp http = new CannedHttp(n -> Body.of(Frames.answer("stream " + n)));
    BedrockCache cache = inMemory(REVALIDATING.withStaleIfError(WINDOW));
    CachingBedrockAsyncClient client = StreamCalls.cached(http.client(), cache);
    StreamCalls.start(client, Listener.eager()).join();
    time.advance(TTL);
    Listener stale = Listener.eager();
    CompletableFuture<Void> staleCall = StreamCalls.start(client, stale);
    assertThat(http.calls()).isEqualTo(1);
    runBehind();
    assertThat(staleCall).isCompleted();
    assertThat(stale.outcome().stale()).isTrue();
    assertThat(String.join(" ", stale.story())).contains("stream 0");
    assertThat(http.calls()).isEqualTo(2);
    Listener fresh = Listener.eager();
    CompletableFuture<Void> freshCall = StreamCalls.start(client, fresh);
    runBehind();
    assertThat(freshCall).isCompleted();
    assertThat(fresh.outcome().stale()).isFalse();
    assertThat(String.join(" ", fresh.story())).contains("stream 1");
    assertThat(http.calls()).isEqualTo(2);
  }
}
