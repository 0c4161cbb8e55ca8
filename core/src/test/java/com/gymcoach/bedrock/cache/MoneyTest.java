package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheOutcome.Status;
import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.CannedHttp.Body;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/**
 * What calls cost and save. The stand-in's answers take 12 tokens and give 34: of Nova Micro, at
 * GymCoach's 0.075 and 0.30 USD a million, 11.1 millionths of a USD. The store's units are chosen
 * so that a look-up takes 0.25 millionths and a write 1.25.
 */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class MoneyTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Duration TTL = Duration.ofMinutes(1);
  private static final double MODEL = 11.1e-6;
  private static final double READ = 0.25e-6;
  private static final double WRITE = 1.25e-6;
  private static final double EXACT = 1e-18;

  private final CallingStyle way;
  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final List<CacheEvent> told = new ArrayList<>();
  private final Queue<Runnable> behind = new ArrayDeque<>();

  MoneyTest(CallingStyle way) {
    this.way = way;
    store.readUnits = bytes -> 2;
    store.writeUnits = bytes -> 2;
  }

  private BedrockCacheBuilder inMemory() {
    return BedrockCache.builder()
        .ttlPolicy(
            TtlPolicy.fixed(TTL)
                .withJitter(0)
                .withStaleWhileRevalidate(Duration.ofSeconds(30))
                .withStaleIfError(Duration.ofMinutes(5)))
        .timeSource(time)
        .executor(behind::add)
        .metricsSink(told::add);
  }

  private BedrockCache cache() {
    return inMemory().store(store).build();
  }

  private ConverseResponse ask(BedrockCache cache) {
    return ask(cache, FakeBedrock.ask("one"));
  }

  private ConverseResponse ask(BedrockCache cache, ConverseRequest request) {
    return way.over(bedrock, cache).forScope(ALICE).converse(request);
  }

  private void assertTold(Status status, double modelUsd, double storeUsd, double savedUsd) {
    CacheEvent last = told.get(told.size() - 1);
    assertThat(last.outcome().status()).isEqualTo(status);
    assertThat(last.cost().modelUsd()).isCloseTo(modelUsd, within(EXACT));
    assertThat(last.cost().storeUsd()).isCloseTo(storeUsd, within(EXACT));
    assertThat(last.cost().savedUsd()).isCloseTo(savedUsd, within(EXACT));
  }

  private static void assertMoney(BedrockCache cache, double bedrockUsd, double savedUsd) {
    Counts total = cache.stats().total();
    assertThat(total.bedrockUsd()).isCloseTo(bedrockUsd, within(EXACT));
    assertThat(total.savedUsd()).isCloseTo(savedUsd, within(EXACT));
    assertThat(cache.stats().byEndpoint().get("chat")).isEqualTo(total);
  }

  @Test
  void hit_savesWhatTheCallWouldHaveCostLessTheStoresUnits() {
    BedrockCache cache = cache();
    ask(cache);
    assertTold(Status.MISS, MODEL, READ + WRITE, -READ - WRITE);
    ask(cache);
    assertTold(Status.HIT, MODEL, 0, MODEL);
    assertMoney(cache, MODEL, MODEL - READ - WRITE);
    BedrockCache other = cache();
    ask(other);
    assertTold(Status.HIT, MODEL, READ, MODEL - READ);
    assertMoney(other, 0, MODEL - READ);
    assertThat(told).extracting(CacheEvent::usage).containsOnly(new TokenUsage(12, 34, 0, 0));
    assertThat(cache.stats().total().unpriced()).isZero();
  }

  @Test
  void baseModel_ofAnIdThatDoesNotTellIt_pricesItsCallsAndLeavesItsKeyAlone() {
    String profile = "arn:aws:bedrock:us-east-1:000000000000:application-inference-profile/abc";
    ConverseRequest request = FakeBedrock.ask("one").toBuilder().modelId(profile).build();
    BedrockCache unpriced = cache();
    ask(unpriced, request);
    assertThat(unpriced.stats().total().unpriced()).isOne();

    BedrockCache priced =
        inMemory().store(store).baseModel(profile, "us.amazon.nova-micro-v1:0").build();
    ask(priced, request);
    assertTold(Status.HIT, MODEL, READ, MODEL - READ);
    ask(priced, request.toBuilder().inferenceConfig(c -> c.maxTokens(9)).build());
    assertTold(Status.MISS, MODEL, READ + WRITE, -READ - WRITE);
    assertThat(priced.stats().total().unpriced()).isZero();

    BedrockCache own =
        inMemory()
            .baseModel(profile, "amazon.nova-pro-v1:0")
            .priceList(PriceList.standard().with(profile, ModelPrice.of(0, 0)))
            .build();
    ask(own, request);
    assertTold(Status.MISS, 0, 0, 0);
  }

  @Test
  void hotHit_thatVerifiesItsMarkers_paysForThat() {
    BedrockCache cache = inMemory().store(store).invalidationDelay(Duration.ZERO).build();
    ask(cache);
    ask(cache);
    assertTold(Status.HIT, MODEL, READ, MODEL - READ);
  }

  @Test
  void staleWhileRevalidate_savesAndTheCallBehindCosts() {
    BedrockCache cache = cache();
    ask(cache);
    time.advance(TTL);
    ask(cache);
    assertTold(Status.HIT, MODEL, READ, MODEL - READ);
    behind.remove().run();
    CacheEvent background = told.get(told.size() - 1);
    assertThat(background.background()).isTrue();
    assertThat(background.failed()).isFalse();
    assertTold(Status.MISS, MODEL, READ + WRITE, -MODEL - READ - WRITE);
    assertMoney(cache, 2 * MODEL, -3 * READ - 2 * WRITE);
    Counts total = cache.stats().total();
    assertThat(total.misses()).isEqualTo(1);
    assertThat(total.writes()).isEqualTo(2);
    assertThat(total.unpriced()).isZero();
  }

  @Test
  void staleWhileRevalidate_whenTheStoreHasANewerOne_costsTheLookUp() {
    BedrockCache here = cache();
    BedrockCache there = cache();
    ask(here);
    ask(there);
    time.advance(TTL);
    ask(here);
    ask(there);
    behind.remove().run();
    behind.remove().run();
    assertTold(Status.HIT, 0, READ, -READ, there);
    assertThat(bedrock.calls).hasValue(2);
  }

  private void assertTold(
      Status status, double none, double storeUsd, double savedUsd, BedrockCache of) {
    CacheEvent last = told.get(told.size() - 1);
    assertThat(last.outcome().status()).isEqualTo(status);
    assertThat(last.cost().modelUsd()).isNull();
    assertThat(last.cost().storeUsd()).isCloseTo(storeUsd, within(EXACT));
    assertThat(last.cost().savedUsd()).isCloseTo(savedUsd, within(EXACT));
    assertThat(of.stats().total().unpriced()).isEqualTo((long) none);
  }

  @Test
  void revalidation_thatFails_costsTheLookUpAndIsNotUnpriced() {
    BedrockCache cache = cache();
    ask(cache);
    time.advance(TTL);
    ask(cache);
    fail();
    behind.remove().run();
    assertThat(told.get(2).failed()).isTrue();
    assertThat(told.get(2).background()).isTrue();
    assertTold(Status.MISS, 0, READ, -READ, cache);
    assertThat(cache.stats().total().failures()).isZero(); // nobody's call
  }

  @Test
  void revalidation_thatCannotBegin_costsNothing() {
    BedrockCache cache =
        inMemory()
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build();
    ask(cache);
    time.advance(TTL);
    ask(cache);
    assertThat(told.get(1).cost().savedUsd()).isEqualTo(0.0); // and not -0.0
    assertMoney(cache, MODEL, MODEL);
  }

  private void fail() {
    bedrock.answer =
        request -> {
          throw FakeBedrock.throttled();
        };
  }

  @Test
  void staleIfError_savesLikeAHit() {
    BedrockCache cache = cache();
    ask(cache);
    time.advance(TTL.plusSeconds(30));
    fail();
    ask(cache);
    assertThat(told.get(1).outcome().reason()).contains(CacheReason.STALE_IF_ERROR);
    assertTold(Status.HIT, MODEL, READ, MODEL - READ);
    assertMoney(cache, MODEL, MODEL - 2 * READ - WRITE);
  }

  @Test
  void failure_costsWhatTheStoreWasAsked() {
    BedrockCache cache = cache();
    fail();
    assertThat(catchThrowable(() -> ask(cache))).isNotNull();
    assertThat(told.get(0).failed()).isTrue();
    assertTold(Status.MISS, 0, READ, -READ, cache);
    assertMoney(cache, 0, -READ);
    assertThat(cache.stats().total().failures()).isEqualTo(1);

    BedrockCache withoutStore = inMemory().build();
    assertThat(catchThrowable(() -> ask(withoutStore))).isNotNull();
    assertThat(told.get(1).cost().savedUsd()).isEqualTo(0.0); // and not -0.0
  }

  @Test
  void coalesced_savesLikeAHit() {
    List<CompletableFuture<?>> answers = new ArrayList<>();
    BedrockCache cache = cache();
    CachingBedrockAsyncClient client =
        CachingBedrockAsyncClient.create(
                new ScriptedAsyncClient(
                    () -> {
                      answers.add(new CompletableFuture<ConverseResponse>());
                      return answers.get(answers.size() - 1);
                    }),
                cache)
            .forScope(ALICE);
    CompletableFuture<ConverseResponse> leader = client.converse(FakeBedrock.ask("one"));
    CompletableFuture<ConverseResponse> follower = client.converse(FakeBedrock.ask("one"));
    assertThat(answers).hasSize(1);
    answer(answers.get(0), FakeBedrock.reply("both", StopReason.END_TURN));
    leader.join();
    behind.remove().run(); // the follower continues there
    assertThat(CacheOutcome.of(follower.join()).status()).isEqualTo(Status.COALESCED);
    assertMoney(cache, MODEL, MODEL - READ - WRITE);
    assertThat(told)
        .filteredOn(event -> event.outcome().status() == Status.COALESCED)
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.cost().savedUsd()).isCloseTo(MODEL, within(EXACT));
              assertThat(event.cost().storeUsd()).isZero();
            });
  }

  @SuppressWarnings("unchecked")
  private static void answer(CompletableFuture<?> future, ConverseResponse response) {
    ((CompletableFuture<ConverseResponse>) future).complete(response);
  }

  /** A bypass has a cost too, and saves nothing. */
  @Test
  void bypass_isPricedAndSavesNothing() {
    BedrockCache cache = cache();
    ask(cache, CacheControl.BYPASS.applyTo(FakeBedrock.ask("one")));
    assertTold(Status.BYPASS, MODEL, 0, 0);
    assertMoney(cache, MODEL, 0);
    assertThat(told.get(0).usage()).isEqualTo(new TokenUsage(12, 34, 0, 0));
    assertThat(cache.stats().total().unpriced()).isZero();
  }

  @Test
  void refresh_costsACallAndTheStoresUnits() {
    BedrockCache cache = cache();
    ask(cache);
    ask(cache, CacheControl.REFRESH.applyTo(FakeBedrock.ask("one")));
    assertTold(Status.MISS, MODEL, READ + WRITE, -READ - WRITE);
  }

  static Stream<IntToDoubleFunction> miscounts() {
    return Stream.of(
        bytes -> Double.NaN,
        bytes -> -1,
        bytes -> Double.POSITIVE_INFINITY,
        bytes -> {
          throw new IllegalStateException("The store cannot count");
        });
  }

  /** A custom store that cannot count spoils neither the figures nor the call. */
  @ParameterizedTest
  @MethodSource("miscounts")
  void storeThatMiscounts_costsNothingAndIsUsed(IntToDoubleFunction units) {
    store.readUnits = units;
    store.writeUnits = units;
    ask(cache());
    BedrockCache other = cache();
    assertThat(CacheOutcome.of(ask(other)).source()).isEqualTo(CacheSource.WARM);
    assertMoney(other, 0, MODEL);
    assertThat(other.stats().faults()).isEmpty();
    assertThat(bedrock.calls).hasValue(1);
  }

  /** A request that was sent may be billed, even if it failed; one that was not sent is not. */
  @Test
  void storeInTrouble_costsWhatItWasAsked() {
    store.failReads = new IllegalStateException("no");
    BedrockCache cache = cache();
    ask(cache);
    assertTold(Status.MISS, MODEL, READ, -READ);
    for (Throwable unasked : List.of(new StoreUnavailableException(), new StoreBusyException())) {
      store.failReads = unasked;
      BedrockCache another = cache();
      ask(another);
      assertTold(Status.MISS, MODEL, 0, 0);
    }
  }

  @Test
  void converseStream_isPricedByItsMetadata() {
    CannedHttp http = new CannedHttp(n -> Body.of(Frames.answer("stream " + n)));
    BedrockCache cache = joined();
    CachingBedrockAsyncClient client = StreamCalls.cached(http.client(), cache);
    StreamCalls.start(client, Listener.eager()).join();
    assertTold(Status.MISS, MODEL, READ + WRITE, -READ - WRITE);
    StreamCalls.start(client, Listener.eager()).join();
    assertTold(Status.HIT, MODEL, 0, MODEL);
    StreamCalls.start(StreamCalls.cached(http.client(), joined()), Listener.eager()).join();
    assertTold(Status.HIT, MODEL, READ, MODEL - READ);
    assertThat(http.calls()).isEqualTo(1);
  }

  /** Streams that are hits are played on the executor. */
  private BedrockCache joined() {
    return inMemory().store(store).executor(StreamCalls.JOINED).build();
  }
}
