package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.cache.FakeBedrock.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.StopReason;

/** Why a call missed, by each cause: as a call is told, and as {@code explain} says beforehand. */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class MissCausesTest extends ExplainedCalls {
  MissCausesTest(CallingStyle way) {
    super(way);
  }

  @Test
  void expired_saysWhen() {
    BedrockCache cache = builder().store(store).build();
    call(cache, ALICE, SQUATS);
    Instant expires = time.now().plus(TTL);
    time.advance(TTL.plusSeconds(90));
    assertThat(assertWhy(cache, ALICE, SQUATS, Cause.EXPIRED).since()).isEqualTo(expires);
    assertThat(cache.explain(SQUATS, ALICE).cause()).isEqualTo(Cause.CACHED);
  }

  @Test
  void evicted_saysWhen() {
    BedrockCache cache = builder().hotMaxBytes(100_000).keyMemoMaxBytes(0).explains(1_000).build();
    call(cache, ALICE, SQUATS);
    time.advance(Duration.ofSeconds(7));
    Instant then = time.now();
    for (int i = 0; i < 300; i++) {
      for (int often = 0; often < 4; often++) { // Caffeine evicts what is used less
        call(cache, BOB, ask("other " + i));
      }
    }
    time.advance(Duration.ofSeconds(7));
    assertThat(assertWhy(cache, ALICE, SQUATS, Cause.EVICTED).since()).isEqualTo(then);
  }

  @Test
  void hotMaxAge_whenItEndsBeforeTheTtl_isAnEviction() {
    BedrockCache cache = builder().hotMaxAge(Duration.ofMinutes(1)).build();
    call(cache, ALICE, SQUATS);
    Instant left = time.now().plus(Duration.ofMinutes(1));
    time.advance(Duration.ofMinutes(3));
    assertThat(assertWhy(cache, ALICE, SQUATS, Cause.EVICTED).since()).isEqualTo(left);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void invalidated_here_saysWhen(boolean byRequest) {
    BedrockCache cache = builder().store(store).build();
    call(cache, ALICE, SQUATS);
    call(cache, ALICE.endpoint("plans"), SQUATS);
    time.advance(Duration.ofSeconds(3));
    Instant then = time.now();
    if (byRequest) {
      way.over(bedrock, cache).forScope(ALICE).invalidate(SQUATS);
    } else {
      cache.invalidate(ALICE);
    }
    time.advance(Duration.ofSeconds(3));
    assertThat(assertWhy(cache, ALICE, SQUATS, Cause.INVALIDATED).since()).isEqualTo(then);
    assertThat(cache.explain(SQUATS, ALICE.endpoint("plans")).cause()).isEqualTo(Cause.CACHED);
    time.advance(TTL);
    assertThat(cache.explain(SQUATS, ALICE.endpoint("plans")).cause()).isEqualTo(Cause.EXPIRED);
  }

  @Test
  void invalidated_byAnotherProcess_saysWhenItWasNoticed() {
    BedrockCache here = builder().store(store).build();
    BedrockCache there = builder().store(store).build();
    call(here, ALICE, SQUATS);
    there.invalidate(ALICE);
    time.advance(Duration.ofMinutes(1));
    Explanation why = why(here, ALICE, SQUATS);
    assertThat(why.cause()).isEqualTo(Cause.INVALIDATED);
    assertThat(why.since()).isEqualTo(time.now());
  }

  /** A new process knows no more than what the store has. */
  @Test
  void newProcess_whenTheStoresAnswerIsNotServed_saysWhy() {
    BedrockCache before = builder().store(store).build();
    call(before, ALICE, SQUATS);
    call(before, ALICE.endpoint("plans"), SQUATS);
    Instant kept = time.now();
    time.advance(Duration.ofSeconds(90));
    ConverseRequest recent = CacheControl.maxAge(Duration.ofMinutes(1)).applyTo(SQUATS);
    Explanation old = why(builder().store(store).build(), ALICE, recent);
    assertThat(old.cause()).isEqualTo(Cause.TOO_OLD);
    assertThat(old.since()).isEqualTo(kept);
    time.advance(TTL.multipliedBy(2));
    Explanation expired = why(builder().store(store).build(), ALICE.endpoint("plans"), SQUATS);
    assertThat(expired.cause()).isEqualTo(Cause.EXPIRED);
    assertThat(expired.since()).isEqualTo(kept.plus(TTL));
  }

  @Test
  void newProcess_whenTheStoresAnswerWasInvalidated_saysSo() {
    BedrockCache before = builder().store(store).build();
    call(before, ALICE, SQUATS);
    Map<EntryAddress, byte[]> entries = Map.copyOf(store.entries);
    before.invalidate(ALICE);
    store.entries.putAll(entries); // as if the deletion had not come to them yet
    assertThat(why(builder().store(store).build(), ALICE, SQUATS).cause())
        .isEqualTo(Cause.INVALIDATED);
  }

  @Test
  void expiredThenInvalidated_isExpired() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, SQUATS);
    time.advance(TTL.plusSeconds(1));
    cache.invalidate(ALICE);
    assertThat(why(cache, ALICE, SQUATS).cause()).isEqualTo(Cause.EXPIRED);
  }

  @Test
  void refused_saysWhyAndWhen() {
    BedrockCache cache = builder().build();
    bedrock.answer = request -> FakeBedrock.reply("cut", StopReason.MAX_TOKENS);
    Instant then = time.now();
    call(cache, ALICE, SQUATS);
    time.advance(Duration.ofSeconds(3));
    Explanation why = assertWhy(cache, ALICE, SQUATS, Cause.REFUSED);
    assertThat(why.reason()).isEqualTo(CacheReason.MAX_TOKENS);
    assertThat(why.since()).isEqualTo(then);
    assertThat(why)
        .hasToString("Converse at chat: REFUSED, MAX_TOKENS, since 2026-11-24T08:00:00Z");
  }

  @Test
  void refusalOfARefresh_isNoCauseWhileTheKeptAnswerIsThere() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, SQUATS);
    bedrock.answer = request -> FakeBedrock.reply("cut", StopReason.MAX_TOKENS);
    assertThat(call(cache, ALICE, CacheControl.REFRESH.applyTo(SQUATS)).reason())
        .contains(CacheReason.MAX_TOKENS);
    assertThat(cache.explain(SQUATS, ALICE).cause()).isEqualTo(Cause.CACHED);
    time.advance(TTL.plusSeconds(1));
    assertThat(why(cache, ALICE, SQUATS).cause()).isEqualTo(Cause.EXPIRED);
    assertThat(why(cache, ALICE, SQUATS).cause()).isEqualTo(Cause.REFUSED); // that very call
  }

  @Test
  void noStore_andZeroTtl_areRefusals() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, CacheControl.NO_STORE.applyTo(SQUATS));
    assertThat(why(cache, ALICE, SQUATS).reason()).isEqualTo(CacheReason.NO_STORE_REQUESTED);
    BedrockCache none = builder().ttlPolicy(TtlPolicy.fixed(Duration.ZERO)).build();
    call(none, ALICE, SQUATS);
    assertThat(why(none, ALICE, SQUATS).reason()).isEqualTo(CacheReason.ZERO_TTL);
  }

  @Test
  void failure_isRemembered() {
    BedrockCache cache = builder().build();
    bedrock.answer =
        request -> {
          throw FakeBedrock.throttled();
        };
    assertThatThrownBy(() -> call(cache, ALICE, SQUATS)).isNotNull();
    bedrock.answer = request -> FakeBedrock.reply("answer", StopReason.END_TURN);
    assertWhy(cache, ALICE, SQUATS, Cause.FAILED);
  }

  @Test
  void answerThatDoesNotFit_hadNoRoom() {
    BedrockCache cache = builder().hotMaxBytes(100).build();
    call(cache, ALICE, SQUATS);
    assertWhy(cache, ALICE, SQUATS, Cause.NO_ROOM);
  }

  @Test
  void maxAge_whenTheAnswerIsOlder_isTooOld() {
    BedrockCache cache = builder().build();
    call(cache, ALICE, SQUATS);
    time.advance(Duration.ofMinutes(2));
    ConverseRequest recent = CacheControl.maxAge(Duration.ofMinutes(1)).applyTo(SQUATS);
    assertWhy(cache, ALICE, recent, Cause.TOO_OLD);
  }

  @Test
  void store_thatDoesNotAnswer_isUnread() {
    BedrockCache cache = builder().store(store).build();
    store.failReads = new IllegalStateException("down");
    assertThat(why(cache, ALICE, SQUATS).cause()).isEqualTo(Cause.STORE_UNREAD);
    store.failReads = null;
    BedrockCache small = builder().store(store).hotMaxAge(Duration.ofSeconds(1)).build();
    call(small, ALICE, PULLS);
    time.advance(Duration.ofSeconds(30));
    store.failReads = new IllegalStateException("down");
    assertThat(small.explain(PULLS, ALICE).cause()).isEqualTo(Cause.EVICTED); // asks no store
    assertThat(why(small, ALICE, PULLS).cause()).isEqualTo(Cause.STORE_UNREAD);
    store.failReads = null;
    BedrockCache fresh = builder().store(store).build();
    assertThat(why(fresh, BOB, SQUATS).cause()).isEqualTo(Cause.NOT_SEEN);
  }

  @Test
  void answerFromTheStore_isRememberedLikeBedrocks() {
    call(builder().store(store).build(), ALICE, SQUATS);
    BedrockCache cache = builder().store(store).build();
    assertThat(call(cache, ALICE, SQUATS).source()).isEqualTo(CacheSource.WARM);
    assertThat(why(cache, ALICE, PULLS).paths()).containsExactly(TEXT);
  }

  @Test
  void storeWithoutMemory_isExplained() {
    BedrockCache cache =
        builder().store(store).hotMaxBytes(0).hotMaxAge(Duration.ofNanos(1)).build();
    call(cache, ALICE, SQUATS);
    assertThat(why(cache, ALICE, PULLS).paths()).containsExactly(TEXT);
    BedrockCache reader =
        builder().store(store).hotMaxBytes(0).hotMaxAge(Duration.ofNanos(1)).build();
    assertThat(call(reader, ALICE, SQUATS).source()).isEqualTo(CacheSource.WARM);
    store.entries.clear(); // as DynamoDB's own TTL may do, or an operator
    time.advance(Duration.ofSeconds(1));
    assertThat(why(cache, ALICE, SQUATS).cause()).isEqualTo(Cause.UNKNOWN);
    store.entries.clear();
    assertThat(why(reader, ALICE, SQUATS).cause()).isEqualTo(Cause.UNKNOWN);
  }

  @Test
  void bypass_isExplainedByItsReason() {
    BedrockCache cache = builder().build();
    ConverseRequest bypass = CacheControl.BYPASS.applyTo(SQUATS);
    assertThat(assertWhy(cache, ALICE, bypass, Cause.BYPASSED).reason())
        .isEqualTo(CacheReason.BYPASS_REQUESTED);
    ConverseRequest refresh = CacheControl.REFRESH.applyTo(SQUATS);
    assertThat(assertWhy(cache, ALICE, refresh, Cause.BYPASSED).reason())
        .isEqualTo(CacheReason.REFRESH_REQUESTED);
    ConverseRequest override =
        SQUATS.toBuilder().overrideConfiguration(c -> c.putHeader("x", "y")).build();
    assertThat(assertWhy(cache, ALICE, override, Cause.BYPASSED).reason())
        .isEqualTo(CacheReason.REQUEST_OVERRIDE);
    BedrockCache vetoed = builder().cachePolicy(Vetoes.ALL).build();
    assertThat(assertWhy(vetoed, ALICE, SQUATS, Cause.BYPASSED).reason())
        .isEqualTo(CacheReason.POLICY_REQUEST);
    BedrockCache nobody = builder().rolloutPercent(0).build();
    assertThat(assertWhy(nobody, ALICE, SQUATS, Cause.BYPASSED))
        .hasToString("Converse at chat: BYPASSED, NOT_IN_ROLLOUT");
  }

  /** Policies that allow nothing, or break. */
  private enum Vetoes implements CachePolicy {
    ALL;

    @Override
    public boolean mayServe(CallContext call, SdkRequest request) {
      throw new IllegalStateException("broken");
    }
  }

  @Test
  void callWithoutScope_isExplainedToItsCallerOnly() {
    BedrockCache cache = builder().build();
    CacheOutcome outcome =
        CacheOutcome.of(way.over(bedrock, cache).converse(CacheControl.EXPLAIN.applyTo(SQUATS)));
    assertThat(outcome.explanation().orElseThrow().reason()).isEqualTo(CacheReason.SCOPE_MISSING);
    assertThat(cache.explanations(CacheScope.shared())).isEmpty();
  }

  @Test
  void observing_isABypass() {
    BedrockCache cache = builder().mode(CacheMode.OBSERVE).build();
    Explanation before = cache.explain(SQUATS, ALICE);
    assertThat(before.cause()).isEqualTo(Cause.BYPASSED);
    assertThat(before.reason()).isNull();
    assertThat(why(cache, ALICE, SQUATS).reason()).isEqualTo(CacheReason.WOULD_MISS);
    assertThat(why(cache, ALICE, SQUATS).reason()).isEqualTo(CacheReason.WOULD_HIT);
  }

  @Test
  void modeOff_isSaidBeforehandAndDoesNotConcernCalls() {
    BedrockCache cache = builder().mode(CacheMode.OFF).build();
    assertThat(cache.explain(SQUATS, ALICE).reason()).isEqualTo(CacheReason.SWITCHED_OFF);
    CacheOutcome outcome = call(cache, ALICE, CacheControl.EXPLAIN.applyTo(SQUATS));
    assertThat(outcome.explanation()).isEmpty();
    assertThat(cache.explanations(ALICE)).isEmpty();
  }

  @Test
  void onlyIfCached_isRememberedThoughItThrows() {
    BedrockCache cache = builder().build();
    ConverseRequest request = CacheControl.ONLY_IF_CACHED.withExplanation().applyTo(SQUATS);
    assertThatThrownBy(() -> call(cache, ALICE, request)).isInstanceOf(CacheMissException.class);
    assertThat(cache.explanations(ALICE))
        .extracting(Explanation::cause)
        .containsExactly(Cause.NOT_SEEN);
    assertThat(bedrock.calls).hasValue(0);
  }
}
