package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.VerifiedHits.Counts;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.RequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.document.Document;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Hits that are asked of Bedrock again, which no caller notices. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
@Timeout(60)
class VerifiedHitsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final TtlPolicy POLICY = TtlPolicy.fixed(TTL).withJitter(0);

  /** The price of each answer of the stand-in, see {@link MoneyTest}. */
  private static final double MODEL = 11.1e-6;

  private static final HitVerification ALL = HitVerification.ofPercent(100).withBackground(true);

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final List<CacheEvent> told = Collections.synchronizedList(new ArrayList<>());

  /** The tasks that are to be run away from the callers. */
  private final Queue<Runnable> behind = new ArrayDeque<>();

  VerifiedHitsTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .ttlPolicy(POLICY)
        .timeSource(time)
        .executor(behind::add)
        .metricsSink(told::add)
        .verifyHits(ALL);
  }

  private ConverseResponse ask(BedrockCache cache) {
    return ask(cache, FakeBedrock.ask("one"));
  }

  private ConverseResponse ask(BedrockCache cache, ConverseRequest request) {
    return way.over(bedrock, cache).forScope(ALICE).converse(request);
  }

  private void assertHit(BedrockCache cache, String text) {
    ConverseResponse response = ask(cache);
    assertThat(CacheOutcome.of(response).status()).isEqualTo(Status.HIT);
    assertThat(response.output().message().content().get(0).text()).isEqualTo(text);
  }

  private void runBehind() {
    for (Runnable task = behind.poll(); task != null; task = behind.poll()) {
      task.run();
    }
  }

  private static Counts verified(BedrockCache cache) {
    VerifiedHits hits = cache.stats().verifiedHits();
    assertThat(hits.byEndpoint().values()).allMatch(counts -> counts.equals(hits.total()));
    return hits.total();
  }

  private void answer(String text) {
    bedrock.answer = request -> FakeBedrock.reply(text, StopReason.END_TURN);
  }

  // The normal course.

  @Test
  void hit_inMemory_isAskedBehindItsCallerAndNothingElseChanges() {
    BedrockCache cache = builder().build();
    ask(cache);
    assertHit(cache, "answer 1");
    assertThat(bedrock.calls).hasValue(1);
    runBehind();
    assertThat(bedrock.calls).hasValue(2);
    assertHit(cache, "answer 1"); // the new answer is given to no caller
    Counts counts = verified(cache);
    assertThat(counts.different()).isEqualTo(1);
    assertThat(counts.compared()).isEqualTo(1);
    assertThat(counts.meanOverlap()).isEqualTo(0.5);
    assertThat(cache.stats().total().writes()).isEqualTo(1);
    assertThat(cache.stats().total().misses()).isEqualTo(1);
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void hit_inTheStore_isVerifiedToo() {
    ask(builder().store(store).build());
    BedrockCache other = builder().store(store).build();
    assertThat(CacheOutcome.of(ask(other)).source()).isEqualTo(CacheSource.WARM);
    answer("answer 1");
    runBehind();
    assertThat(verified(other).equal()).isEqualTo(1);
    assertThat(bedrock.calls).hasValue(2);
    assertThat(CacheOutcome.of(ask(builder().store(store).build())).source())
        .isEqualTo(CacheSource.WARM);
    assertThat(store.entries).hasSize(1);
  }

  @Test
  void answers_thatAreTheSame_countOnceUnderTheFirstThatApplies() {
    BedrockCache cache = builder().build();
    answer("{\"a\":1,\"b\":2}");
    ask(cache);
    verify(cache);
    answer("{\"a\":1,\"b\":2} ");
    verify(cache);
    answer("{\"b\": 2, \"a\": 1}");
    verify(cache);
    answer("{\"b\": 2}");
    verify(cache);
    Counts counts = verified(cache);
    assertThat(counts.equal()).isEqualTo(1);
    assertThat(counts.sameText()).isEqualTo(1);
    assertThat(counts.sameJson()).isEqualTo(1);
    assertThat(counts.different()).isEqualTo(1);
    assertThat(counts.equalShare()).isEqualTo(new VerifiedHits.Share(1, 4));
    assertThat(counts.sameShare()).isEqualTo(new VerifiedHits.Share(3, 4));
    assertThat(counts.meanOverlap()).isCloseTo(2 * 2 / 6.0, within(1e-12));
  }

  private void verify(BedrockCache cache) {
    assertThat(CacheOutcome.of(ask(cache)).status()).isEqualTo(Status.HIT);
    runBehind();
  }

  @Test
  void cost_isSubtractedFromTheSavingAndShown() {
    BedrockCache cache = builder().build();
    ask(cache);
    verify(cache);
    CacheStats stats = cache.stats();
    assertThat(stats.verifiedHits().total().costUsd()).isCloseTo(MODEL, within(1e-18));
    assertThat(stats.total().savedUsd()).isCloseTo(0, within(1e-18));
    assertThat(stats.total().bedrockUsd()).isCloseTo(2 * MODEL, within(1e-18));
    CacheEvent event = told.get(2);
    assertThat(event.background()).isTrue();
    assertThat(event.failed()).isFalse();
    assertThat(event.outcome().reason()).contains(CacheReason.VERIFYING_HIT);
    assertThat(event.cost().savedUsd()).isCloseTo(-MODEL, within(1e-18));
  }

  @Test
  void json_hasTheFiguresOnlyIfHitsAreVerified() {
    BedrockCache cache = builder().build();
    ask(cache);
    verify(cache);
    assertThat(cache.stats().toJson())
        .contains(
            "\"verified_hits\":{\"compared\":1,\"equal\":0,\"same_text\":0,\"same_json\":0,"
                + "\"different\":1,\"mean_overlap\":0.5,\"equal_percent\":0.0,"
                + "\"equal_percent_low\":0.0,\"equal_percent_high\":79.35,\"same_percent\":0.0,"
                + "\"same_percent_low\":0.0,\"same_percent_high\":79.35,\"failed\":0,\"skipped\":0,"
                + "\"cost_usd\":1.11E-5,\"by_endpoint\":{\"chat\":{\"compared\":1,");
    assertThat(BedrockCache.builder().build().stats().toJson()).doesNotContain("verified");
    assertThat(builder().build().stats().toJson())
        .contains("\"equal_percent_low\":0.0,\"equal_percent_high\":100.0")
        .doesNotContain("NaN", "mean_overlap");
  }

  // Which hits are verified.

  @Test
  void off_whichIsTheDefault_asksNothing() {
    for (BedrockCacheBuilder off :
        List.of(BedrockCache.builder(), BedrockCache.builder().verifyHits(0))) {
      BedrockCache cache = off.timeSource(time).executor(behind::add).build();
      ask(cache);
      ask(cache);
      cache.flush(Duration.ofSeconds(1));
      assertThat(behind).isEmpty();
      assertThat(cache.stats().verifiedHits().percent()).isZero();
      assertThat(cache.stats().verifiedHits().total().skipped()).isZero();
    }
  }

  @Test
  void percent_isTheShareThatIsPicked() {
    AtomicLong drawn = new AtomicLong();
    Environment usual = Environment.of(time, behind::add);
    BedrockCache cache =
        builder()
            .verifyHits(HitVerification.ofPercent(12.5).withBackground(true))
            .build(
                new Environment(
                    time,
                    behind::add,
                    usual.fallback(),
                    usual.timers(),
                    new Randomness(drawn::get)));
    ask(cache);
    for (int tenth = 0; tenth < 1_000; tenth++) {
      drawn.set((long) (tenth / 1_000.0 * (1L << 53)) << 11);
      ask(cache);
      runBehind();
    }
    Counts counts = verified(cache);
    assertThat(counts.compared() + counts.skipped()).isEqualTo(125);
  }

  @Test
  void directives_thatAllowNoCall_areObeyed() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache, CacheControl.ONLY_IF_CACHED.applyTo(FakeBedrock.ask("one")));
    ask(cache, CacheControl.BYPASS.applyTo(FakeBedrock.ask("one")));
    ask(cache, CacheControl.REFRESH.applyTo(FakeBedrock.ask("one")));
    assertThat(behind).isEmpty();
    ask(cache, CacheControl.NO_STORE.applyTo(FakeBedrock.ask("one")));
    ask(cache, CacheControl.maxAge(TTL).applyTo(FakeBedrock.ask("one")));
    assertThat(behind).hasSize(2);
  }

  @Test
  void onlyIfCached_fromTheStore_isObeyedToo() {
    ask(builder().store(store).build());
    BedrockCache other = builder().store(store).build();
    ask(other, CacheControl.ONLY_IF_CACHED.applyTo(FakeBedrock.ask("one")));
    assertThat(behind).isEmpty();
  }

  @Test
  void modes_thatServeNothing_verifyNothing() {
    BedrockCache cache = builder().build();
    ask(cache);
    cache.mode(CacheMode.OFF);
    ask(cache);
    cache.mode(CacheMode.OBSERVE);
    ask(cache);
    ask(cache);
    assertThat(behind).isEmpty();
    assertThat(bedrock.calls).hasValue(4);
  }

  @Test
  void staleAnswers_areNotVerified() {
    TtlPolicy stale =
        POLICY
            .withStaleWhileRevalidate(Duration.ofMinutes(1))
            .withStaleIfError(Duration.ofMinutes(9));
    BedrockCache cache = builder().store(store).ttlPolicy(stale).build();
    ask(cache);
    time.advance(TTL);
    assertThat(CacheOutcome.of(ask(cache)).stale()).isTrue();
    assertThat(behind).hasSize(1); // the refresh, which another process has made meanwhile
    BedrockCache other = builder().store(store).ttlPolicy(stale).build();
    ask(other, CacheControl.REFRESH.applyTo(FakeBedrock.ask("one")));
    int calls = bedrock.calls.get();
    runBehind();
    assertThat(bedrock.calls).hasValue(calls);
    time.advance(Duration.ofMinutes(5));
    bedrock.answer =
        request -> {
          throw FakeBedrock.throttled();
        };
    assertThat(CacheOutcome.of(ask(cache)).reason()).contains(CacheReason.STALE_IF_ERROR);
    runBehind();
    assertThat(bedrock.calls).hasValue(calls + 1);
    assertThat(verified(cache).compared() + verified(cache).failed()).isZero();
  }

  // The request that is sent.

  @Test
  void request_isTheCallersWithItsOverrides() {
    List<ConverseRequest> sent = new ArrayList<>();
    bedrock.answer =
        request -> {
          sent.add(request);
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    BedrockCache cache = builder().ignoredOverrides("x-trace").build();
    ConverseRequest request =
        FakeBedrock.ask("one").toBuilder()
            .overrideConfiguration(
                o -> o.putHeader("x-trace", "t1").apiCallTimeout(Duration.ofSeconds(9)))
            .build();
    ask(cache, request);
    ask(cache, request);
    runBehind();
    assertThat(sent).hasSize(2);
    assertThat(sent.get(1)).isEqualTo(sent.get(0));
    assertThat(sent.get(1).overrideConfiguration().orElseThrow().headers())
        .containsEntry("x-trace", List.of("t1"));
  }

  @Test
  void request_whoseCallerOverwritesItsArrays_isSentAsItWas() {
    BedrockCache verifying = builder().build();
    BedrockCache refreshing =
        builder()
            .verifyHits(0)
            .ttlPolicy(POLICY.withStaleWhileRevalidate(Duration.ofMinutes(1)))
            .build();
    for (BedrockCache cache : List.of(verifying, refreshing)) {
      byte[] image = "image".getBytes(java.nio.charset.StandardCharsets.UTF_8);
      ConverseRequest request = withImage(image);
      ask(cache, request);
      time.advance(cache == refreshing ? TTL : Duration.ZERO);
      ask(cache, request);
      List<ConverseRequest> sent = new ArrayList<>();
      bedrock.answer =
          again -> {
            sent.add(again);
            return FakeBedrock.reply("answer", StopReason.END_TURN);
          };
      image[0] = 'X';
      runBehind();
      assertThat(sent).hasSize(1);
      ContentBlock block = sent.get(0).messages().get(0).content().get(0);
      assertThat(block.image().source().bytes().asUtf8String()).isEqualTo("image");
    }
  }

  private static ConverseRequest withImage(byte[] bytes) {
    ContentBlock image =
        ContentBlock.fromImage(
            i -> i.format("png").source(s -> s.bytes(SdkBytes.fromByteArrayUnsafe(bytes))));
    Message message = Message.builder().role("user").content(image).build();
    return FakeBedrock.ask("one").toBuilder().messages(message).build();
  }

  // Bounds.

  @Test
  void budget_ofCalls_isKept() {
    BedrockCache cache = builder().verifyHits(ALL.withCallsPerHour(2)).build();
    ask(cache);
    verify(cache);
    verify(cache);
    verify(cache);
    assertThat(bedrock.calls).hasValue(3);
    assertThat(verified(cache).skipped()).isEqualTo(1);
    time.advance(Duration.ofHours(1));
    ask(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(3);
  }

  @Test
  void budget_ofUsd_isKeptAndUnpricedCallsAreNotInIt() {
    BedrockCache cache = builder().verifyHits(ALL.withUsdPerHour(1.5 * MODEL)).build();
    ask(cache);
    verify(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(1);
    assertThat(verified(cache).skipped()).isEqualTo(1);

    BedrockCache unpriced =
        builder()
            .priceList(PriceList.none())
            .verifyHits(ALL.withUsdPerHour(1e-9).withCallsPerHour(3))
            .build();
    ask(unpriced);
    for (int i = 0; i < 4; i++) {
      verify(unpriced);
    }
    assertThat(verified(unpriced).compared()).isEqualTo(3);
    assertThat(verified(unpriced).costUsd()).isZero();
  }

  @Test
  void manyAtOnce_waitInABoundedQueueAndTwoAreMadeAtATime() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 20; i++) {
      ask(cache);
    }
    assertThat(behind).hasSize(2);
    assertThat(verified(cache).skipped()).isEqualTo(4);
    runBehind();
    assertThat(verified(cache).compared()).isEqualTo(16);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(17);
  }

  @Test
  void answer_thatExpiresBeforeItsTurn_isNotVerified() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    time.advance(TTL);
    runBehind();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(verified(cache).skipped()).isEqualTo(5);
  }

  // Invalidation and closing.

  @Test
  void invalidated_whileWaiting_isForgottenAtOnce() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    cache.invalidate(CacheScope.user("bob"));
    assertThat(verified(cache).skipped()).isZero();
    cache.invalidate(ALICE);
    assertThat(verified(cache).skipped()).isEqualTo(3); // the executor has the other two
    runBehind();
    assertThat(verified(cache).skipped()).isEqualTo(5);
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void invalidated_whileBedrockAnswers_isNotComparedAndNothingIsServedFromIt() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    bedrock.answer =
        request -> {
          cache.invalidate(ALICE);
          bedrock.answer = again -> FakeBedrock.reply("after", StopReason.END_TURN);
          ConverseResponse meanwhile = ask(cache); // which does not wait for the verification
          assertThat(CacheOutcome.of(meanwhile).status()).isEqualTo(Status.MISS);
          return FakeBedrock.reply("before", StopReason.END_TURN);
        };
    runBehind();
    assertThat(verified(cache).skipped()).isEqualTo(1);
    assertThat(verified(cache).compared()).isZero();
    assertHit(cache, "after");
  }

  @Test
  void caller_whoAsksDuringAVerification_doesNotJoinIt() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    List<Status> statuses = new ArrayList<>();
    bedrock.answer =
        request -> {
          bedrock.answer = again -> FakeBedrock.reply("own", StopReason.END_TURN);
          ConverseRequest fresh =
              CacheControl.maxAge(Duration.ZERO).applyTo(FakeBedrock.ask("one"));
          time.advance(Duration.ofSeconds(1));
          statuses.add(CacheOutcome.of(ask(cache, fresh)).status());
          return FakeBedrock.reply("verification's", StopReason.END_TURN);
        };
    runBehind();
    assertThat(statuses).containsExactly(Status.MISS);
    assertHit(cache, "own");
  }

  @Test
  void closed_whileWaiting_makesNoCall() {
    BedrockCache cache = builder().build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    cache.close();
    assertThat(verified(cache).skipped()).isEqualTo(3); // the executor has the other two
    runBehind();
    assertThat(verified(cache).skipped()).isEqualTo(5);
    assertThat(bedrock.calls).hasValue(1);
    ask(cache);
    assertThat(behind).isEmpty();
  }

  /** The policy closes the cache before the call takes its fence, which is then a new one. */
  @Test
  void closed_whileACallIsPlanned_makesNoCall() {
    ask(builder().store(store).build());
    List<BedrockCache> closing = new ArrayList<>();
    CachePolicy policy =
        new CachePolicy() {
          @Override
          public boolean mayServe(CallContext call, SdkRequest request) {
            closing.forEach(BedrockCache::close);
            return true;
          }
        };
    BedrockCache other = builder().store(store).cachePolicy(policy).build();
    closing.add(other);
    assertThat(CacheOutcome.of(ask(other)).status()).isEqualTo(Status.HIT);
    assertThat(behind).isEmpty();
    assertThat(bedrock.calls).hasValue(1);
  }

  @Test
  void switchedOff_whileHitsWait_makesNoCallUntilItIsOnAgain() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    cache.mode(CacheMode.OFF);
    runBehind();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(verified(cache).skipped()).isEqualTo(1);
  }

  @Test
  void hit_ofALargeAnswer_isNotVerified() {
    BedrockCache cache = builder().build();
    answer("x".repeat(300_000));
    ask(cache);
    ask(cache);
    assertThat(behind).isEmpty();
    assertThat(verified(cache).skipped()).isEqualTo(1);
  }

  @Test
  void closed_whileBedrockAnswers_losesNothingButTheComparison() {
    BedrockCache cache = builder().build();
    ask(cache);
    ask(cache);
    bedrock.answer =
        request -> {
          cache.close();
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    runBehind();
    assertThat(verified(cache).compared()).isZero();
    assertThat(cache.stats().faults()).isEmpty();
  }

  @Test
  void beforeCheckpoint_forgetsWhatWaits() {
    BedrockCache cache = builder().verifyHits(ALL.withBackground(false)).build();
    ask(cache);
    ask(cache);
    cache.beforeCheckpoint();
    assertThat(verified(cache).skipped()).isEqualTo(1);
  }

  // Failures, which reach no caller.

  private void assertFailsUnnoticed(Function<ConverseRequest, ConverseResponse> second) {
    BedrockCache cache = builder().build();
    ask(cache);
    Function<ConverseRequest, ConverseResponse> usual = bedrock.answer;
    bedrock.answer = second;
    assertHit(cache, "answer 1");
    runBehind();
    bedrock.answer = usual;
    assertHit(cache, "answer 1");
    runBehind();
    assertThat(verified(cache).failed()).isEqualTo(1);
    assertThat(verified(cache).compared()).isEqualTo(1);
    assertThat(cache.stats().faults()).isEmpty();
    assertThat(cache.stats().total().failures()).isZero();
  }

  @Test
  void bedrock_whenItFails_isCounted() {
    assertFailsUnnoticed(
        request -> {
          throw FakeBedrock.throttled();
        });
    assertThat(told.get(2).failed()).isTrue();
    assertThat(told.get(2).inError()).isTrue();
  }

  @Test
  void client_whenItThrowsAnError_isCounted() {
    assertFailsUnnoticed(
        request -> {
          throw new StackOverflowError();
        });
  }

  @Test
  @SuppressWarnings("NullAway")
  void client_whenItReturnsNull_isCounted() {
    assertFailsUnnoticed(request -> null);
  }

  @Test
  void comparison_whenTheAnswerNestsTooDeep_isCounted() {
    Document nested = Document.fromString("end");
    for (int i = 0; i < 100_000; i++) {
      nested = Document.fromList(List.of(nested));
    }
    Document deep = nested;
    assertFailsUnnoticed(
        request ->
            FakeBedrock.reply("answer", StopReason.END_TURN).toBuilder()
                .additionalModelResponseFields(deep)
                .build());
  }

  @Test
  void executor_whenItRejects_isCounted() {
    boolean[] rejecting = {true};
    BedrockCache cache =
        builder()
            .executor(
                task -> {
                  if (rejecting[0]) {
                    throw new RejectedExecutionException("full");
                  }
                  behind.add(task);
                })
            .build();
    ask(cache);
    for (int i = 0; i < 20; i++) {
      assertHit(cache, "answer 1");
    }
    assertThat(verified(cache).skipped()).isEqualTo(20);
    rejecting[0] = false;
    verify(cache); // neither a place nor a line was lost
    verify(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(3);
  }

  @Test
  void context_whenItCannotBeCaptured_isNotMissed() {
    BedrockCache cache =
        builder()
            .contextPropagation(
                () -> {
                  throw new IllegalStateException("no context");
                })
            .build();
    ask(cache);
    assertHit(cache, "answer 1");
    runBehind();
    assertThat(verified(cache).compared()).isEqualTo(1);
  }

  @Test
  void sink_whenItThrows_changesNothing() {
    BedrockCache cache =
        builder()
            .metricsSink(
                event -> {
                  if (event.background()) {
                    throw new IllegalStateException("no sink");
                  }
                })
            .build();
    ask(cache);
    verify(cache);
    assertThat(verified(cache).compared()).isEqualTo(1);
    assertThat(cache.stats().sinkFailures()).isEqualTo(1);
  }

  // AWS Lambda: only a flush makes calls.

  @Test
  void flush_whenNothingRunsInTheBackground_makesTheCallsAndWaits() {
    BedrockCache cache =
        builder().executor(Runnable::run).verifyHits(ALL.withBackground(false)).build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    assertThat(bedrock.calls).hasValue(1);
    cache.flush(Duration.ofSeconds(30));
    assertThat(bedrock.calls).hasValue(6);
    assertThat(verified(cache).compared()).isEqualTo(5);
    ask(cache);
    assertThat(bedrock.calls).hasValue(6);
  }

  @Test
  void flush_givesItsCallsNoMoreTimeThanItHas() {
    List<@Nullable Duration> limits = Collections.synchronizedList(new ArrayList<>());
    bedrock.answer =
        request -> {
          limits.add(
              request
                  .overrideConfiguration()
                  .flatMap(RequestOverrideConfiguration::apiCallTimeout)
                  .orElse(null));
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    BedrockCache cache =
        builder().executor(Runnable::run).verifyHits(ALL.withBackground(false)).build();
    ConverseRequest quick =
        FakeBedrock.ask("one").toBuilder()
            .overrideConfiguration(o -> o.apiCallTimeout(Duration.ofSeconds(2)))
            .build();
    ask(cache);
    ask(cache);
    ask(cache, quick);
    limits.clear();
    cache.flush(Duration.ofSeconds(9));
    assertThat(limits).containsExactlyInAnyOrder(Duration.ofSeconds(9), Duration.ofSeconds(2));
  }

  @Test
  void flush_whenItsTimeIsOver_returnsAndBeginsNoMore() {
    BedrockCache cache = builder().verifyHits(ALL.withBackground(false)).build();
    ask(cache);
    for (int i = 0; i < 5; i++) {
      ask(cache);
    }
    cache.flush(Duration.ofMillis(1)); // the executor does not run what it is given
    assertThat(behind).hasSize(2);
    runBehind();
    assertThat(bedrock.calls).hasValue(1);
    assertThat(verified(cache).skipped()).isEqualTo(2);
    ask(cache); // there is room, and no call is made without a flush
    assertThat(behind).isEmpty();
  }
}
