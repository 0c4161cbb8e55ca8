package com.gymcoach.bedrock.cache;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.Observed.Extent;
import com.gymcoach.bedrock.cache.Observed.Would;
import com.gymcoach.bedrock.cache.spi.keys.KeyGenerator;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** OBSERVE: nothing is served from the cache, and what it says ON would have done, ON does. */
class ObserveTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Duration TTL = Duration.ofMinutes(10);
  private static final double PRICE =
      PriceList.standard()
          .usd("amazon.nova-micro-v1:0", PriceTier.STANDARD, new TokenUsage(12, 34, 0, 0))
          .orElseThrow();

  private final FakeTime time = new FakeTime();
  private final FakeBedrock bedrock = new FakeBedrock();

  private BedrockCacheBuilder builder() {
    return BedrockCache.builder()
        .timeSource(time)
        .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0))
        .mode(CacheMode.OBSERVE);
  }

  private static ConverseResponse ask(Caller client, String question) {
    return client.converse(FakeBedrock.ask(question));
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void observe_whenAskedAgain_asksBedrockAndCountsAHit(CallingStyle way) {
    bedrock.answer =
        request -> {
          time.advance(Duration.ofSeconds(1));
          return FakeBedrock.reply("answer", StopReason.END_TURN);
        };
    BedrockCache cache = builder().build();
    Caller client = way.over(bedrock, cache).forScope(ALICE);
    assertThat(CacheOutcome.of(ask(client, "one")).reason()).contains(CacheReason.WOULD_MISS);
    assertThat(CacheOutcome.of(ask(client, "one")).reason()).contains(CacheReason.WOULD_HIT);
    assertThat(bedrock.calls).hasValue(2);
    CacheStats stats = cache.stats();
    assertThat(stats.enabled()).isFalse();
    assertThat(stats.hotEntries()).isZero();
    assertThat(stats.total().hits()).isZero();
    assertThat(stats.observed().extent()).isEqualTo(Extent.PROCESS);
    Would chat = stats.observed().total();
    assertThat(stats.observed().byEndpoint()).isEqualTo(Map.of("chat", chat));
    assertThat(chat.hotHits()).isEqualTo(1);
    assertThat(chat.misses()).isEqualTo(1);
    assertThat(chat.hitRatePercent()).isEqualTo(50);
    assertThat(chat.savedUsd()).isCloseTo(PRICE, within(1e-12));
    assertThat(chat.meanLatency()).isEqualTo(Duration.ofSeconds(1));
    assertThat(chat.meanLatencyOn()).isEqualTo(Duration.ofMillis(500));
  }

  @Test
  void observe_ofAStream_asksBedrockAndCountsAHit() {
    CannedHttp http = new CannedHttp(n -> CannedHttp.Body.of(Frames.answer("stream " + n)));
    BedrockCache cache = builder().build();
    CachingBedrockAsyncClient client = StreamCalls.cached(http.client(), cache);
    StreamCalls.start(client, Listener.eager()).join();
    StreamCalls.start(client, Listener.eager()).join();
    assertThat(http.calls()).isEqualTo(2);
    assertThat(cache.stats().observed().total().hotHits()).isEqualTo(1);
    assertThat(cache.stats().observed().total().unpriced()).isZero();
  }

  @Test
  void observe_whenTheAnswerWouldNotBeKept_countsMisses() {
    bedrock.answer = request -> FakeBedrock.reply("cut", StopReason.MAX_TOKENS);
    BedrockCache cache = builder().build();
    Caller client = CallingStyle.SYNC.over(bedrock, cache).forScope(ALICE);
    ask(client, "one");
    ask(client, "one");
    assertThat(cache.stats().observed().total().misses()).isEqualTo(2);
  }

  @Test
  void observe_withAStore_touchesItOnlyWhenTheFleetIsObserved() {
    FakeStore store = new FakeStore();
    Caller client = CallingStyle.SYNC.over(bedrock, builder().store(store).build()).forScope(ALICE);
    ask(client, "one");
    ask(client, "one");
    assertThat(store.reads).hasValue(0);
    assertThat(store.writes).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void observe_ofTheFleet_seesWhatAnotherProcessAsked(CallingStyle way) {
    FakeStore store = new FakeStore();
    BedrockCache one = builder().store(store).observeFleet(true).build();
    BedrockCache two = builder().store(store).observeFleet(true).build();
    ask(way.over(bedrock, one).forScope(ALICE), "question");
    ask(way.over(bedrock, two).forScope(ALICE), "question");
    assertThat(two.stats().observed().extent()).isEqualTo(Extent.FLEET);
    assertThat(two.stats().observed().total().warmHits()).isEqualTo(1);
    assertThat(store.entries.values())
        .singleElement()
        .satisfies(note -> assertThat(new String(note, ISO_8859_1)).doesNotContain("answer"));
    BedrockCache on = builder().store(store).mode(CacheMode.ON).build();
    ConverseResponse served = ask(way.over(bedrock, on).forScope(ALICE), "question");
    assertThat(CacheOutcome.of(served).status()).isEqualTo(CacheOutcome.Status.MISS);
    assertThat(on.stats().faults()).isEmpty();
  }

  @Test
  void observe_ofTheFleet_whenInvalidatedElsewhere_isAMiss() {
    FakeStore store = new FakeStore();
    BedrockCache one = builder().store(store).observeFleet(true).build();
    ask(CallingStyle.SYNC.over(bedrock, one).forScope(ALICE), "question");
    assertThat(builder().store(store).build().invalidate(ALICE)).isEqualTo(1);
    BedrockCache two = builder().store(store).observeFleet(true).build();
    ask(CallingStyle.SYNC.over(bedrock, two).forScope(ALICE), "question");
    assertThat(two.stats().observed().total().misses()).isEqualTo(1);
  }

  /** Units go by what is read and written, and one process has what it read in memory. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void observe_ofTheFleet_savesByTheEntriesThatOnReadsAndWrites(CallingStyle way) {
    byte[] noise = new byte[6_000];
    new Random(1).nextBytes(noise);
    String answer = Base64.getEncoder().encodeToString(noise);
    bedrock.answer = request -> FakeBedrock.reply(answer, StopReason.END_TURN);
    List<CacheStats> on = askTwoProcesses(way, CacheMode.ON);
    List<CacheStats> observed = askTwoProcesses(way, CacheMode.OBSERVE);
    for (int process = 0; process < 2; process++) {
      CacheStats.Counts did = on.get(process).total();
      Would would = observed.get(process).observed().total();
      assertThat(would.misses()).isEqualTo(did.misses());
      assertThat(would.warmHits()).isEqualTo(did.warmHits());
      assertThat(would.hotHits()).isEqualTo(did.hotHits());
      assertThat(would.savedUsd()).isCloseTo(did.savedUsd(), within(1e-12));
    }
    assertThat(on.get(0).total().savedUsd()).isCloseTo(-(1 + 10 * 7) * 1e-6, within(1e-12));
    assertThat(on.get(1).total().savedUsd()).isCloseTo(2 * PRICE - 7 * 1e-6, within(1e-12));
  }

  private List<CacheStats> askTwoProcesses(CallingStyle way, CacheMode mode) {
    FakeStore store = new FakeStore();
    store.readUnits = bytes -> 1 + bytes / 1_000;
    store.writeUnits = bytes -> 10 * (1 + bytes / 1_000);
    BedrockCacheBuilder both =
        builder()
            .mode(mode)
            .store(store)
            .observeFleet(true)
            .priceList(PriceList.standard().withStoreUnits(1, 1));
    BedrockCache one = both.build();
    BedrockCache two = both.build();
    ask(way.over(bedrock, one).forScope(ALICE), "question");
    ask(way.over(bedrock, two).forScope(ALICE), "question");
    ask(way.over(bedrock, two).forScope(ALICE), "question");
    return List.of(one.stats(), two.stats());
  }

  @Test
  void observe_whenTheStoreCannotCount_saysWhatModelsCost() {
    IntToDoubleFunction broken =
        bytes -> {
          throw new IllegalStateException("The store cannot count");
        };
    for (IntToDoubleFunction units : List.of(bytes -> Double.NaN, broken)) {
      FakeStore store = new FakeStore();
      store.readUnits = units;
      store.writeUnits = units;
      BedrockCache cache = builder().store(store).build();
      Caller client = CallingStyle.SYNC.over(bedrock, cache).forScope(ALICE);
      ask(client, "one");
      ask(client, "one");
      assertThat(cache.stats().observed().total().savedUsd()).isCloseTo(PRICE, within(1e-12));
      assertThat(cache.stats().faults()).isEmpty();
    }
  }

  /** As in mode ON: memory is verified once the delay has passed, and not before. */
  @ParameterizedTest
  @EnumSource(value = CacheMode.class, names = "OFF", mode = EnumSource.Mode.EXCLUDE)
  void observe_ofTheFleet_whenInvalidatedElsewhereMeanwhile_isAMissAfterTheDelay(CacheMode mode) {
    FakeStore store = new FakeStore();
    BedrockCache one = builder().mode(mode).store(store).observeFleet(true).build();
    Caller client = CallingStyle.SYNC.over(bedrock, one).forScope(ALICE);
    ask(client, "question");
    builder().store(store).build().invalidate(ALICE);
    ask(client, "question");
    time.advance(Duration.ofSeconds(10));
    ask(client, "question");
    ask(client, "question");
    CacheStats stats = one.stats();
    assertThat(stats.total().misses() + stats.observed().total().misses()).isEqualTo(2);
    assertThat(stats.total().hotHits() + stats.observed().total().hotHits()).isEqualTo(2);
  }

  @Test
  void observe_ofTheFleet_whenCheckedAndUnchanged_isAHitFromMemory() {
    FakeStore store = new FakeStore();
    BedrockCache one = builder().store(store).observeFleet(true).build();
    Caller client = CallingStyle.SYNC.over(bedrock, one).forScope(ALICE);
    ask(client, "question");
    time.advance(Duration.ofSeconds(10));
    ask(client, "question");
    assertThat(store.reads).hasValue(2);
    ask(client, "question");
    assertThat(store.reads).hasValue(2);
    assertThat(one.stats().observed().total().hotHits()).isEqualTo(2);
  }

  /** As where the cache is off: it changes nothing for callers. */
  @ParameterizedTest
  @EnumSource(CallingStyle.class)
  void observe_ofOnlyIfCached_asksBedrock(CallingStyle way) {
    ConverseRequest request = CacheControl.ONLY_IF_CACHED.applyTo(FakeBedrock.ask("one"));
    Caller client = way.over(bedrock, builder().build());
    assertThat(CacheOutcome.of(client.forScope(ALICE).converse(request)).reason())
        .contains(CacheReason.WOULD_MISS);
    assertThat(CacheOutcome.of(client.converse(request)).reason())
        .contains(CacheReason.SCOPE_MISSING);
    KeyGenerator broken =
        (call, any) -> {
          throw new IllegalStateException("no key");
        };
    Caller keyless = way.over(bedrock, builder().keyGenerator(broken).build()).forScope(ALICE);
    assertThat(CacheOutcome.of(keyless.converse(request)).reason())
        .contains(CacheReason.KEY_FAILED);
  }

  @Test
  void observe_whenTheStoreHangs_callersGetBedrocksAnswers() {
    FakeStore store = new FakeStore();
    store.hang = true;
    BedrockCache cache = builder().store(store).observeFleet(true).build();
    Caller client = CallingStyle.SYNC.over(bedrock, cache).forScope(ALICE);
    assertThat(CacheOutcome.of(ask(client, "one")).reason()).contains(CacheReason.WOULD_MISS);
  }

  /** The same calls, at the same times, with the same invalidations between them. */
  @Property(tries = 100)
  void observe_ofAnyCalls_saysWhatOnDoes(@ForAll long seed) {
    CacheStats on = play(seed, CacheMode.ON);
    Would would = play(seed, CacheMode.OBSERVE).observed().total();
    assertThat(would.hotHits()).isEqualTo(on.total().hotHits());
    assertThat(would.misses()).isEqualTo(on.total().misses());
    assertThat(would.savedUsd()).isCloseTo(on.total().savedUsd(), within(1e-12));
  }

  private static CacheStats play(long seed, CacheMode mode) {
    Random random = new Random(seed);
    FakeTime time = new FakeTime();
    FakeBedrock bedrock = new FakeBedrock();
    bedrock.answer =
        request ->
            FakeBedrock.reply(
                "answer",
                request.messages().get(0).content().get(0).text().endsWith("3")
                    ? StopReason.MAX_TOKENS
                    : StopReason.END_TURN);
    BedrockCache cache =
        BedrockCache.builder()
            .timeSource(time)
            .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0))
            .mode(mode)
            .build();
    Caller client = CallingStyle.SYNC.over(bedrock, cache);
    List<CacheScope> scopes = List.of(ALICE, CacheScope.user("bob").endpoint("chat"));
    for (int i = 0; i < 60; i++) {
      CacheScope scope = scopes.get(random.nextInt(2));
      switch (random.nextInt(12)) {
        case 0 -> cache.invalidate(scope);
        case 1 -> time.advance(Duration.ofMinutes(4));
        case 2 ->
            client
                .forScope(scope)
                .converse(CacheControl.REFRESH.applyTo(FakeBedrock.ask("q" + random.nextInt(4))));
        default -> client.forScope(scope).converse(FakeBedrock.ask("q" + random.nextInt(4)));
      }
    }
    return cache.stats();
  }
}
