package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clocks that are wrong, here or where an entry was written. No answer outlives its life for it.
 */
@ParameterizedClass
@EnumSource(CallingStyle.class)
class ClockFaultsTest {
  private static final CacheScope ALICE = CacheScope.user("alice").endpoint("chat");
  private static final Duration TTL = Duration.ofHours(1);

  private final CallingStyle way;
  private final FakeBedrock bedrock = new FakeBedrock();
  private final FakeStore store = new FakeStore();
  private final FakeTime time = new FakeTime();

  ClockFaultsTest(CallingStyle way) {
    this.way = way;
  }

  private BedrockCache cache(FakeTime clock) {
    return BedrockCache.builder()
        .store(store)
        .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0))
        .timeSource(clock)
        .build();
  }

  private CacheOutcome ask(BedrockCache cache) {
    return CacheOutcome.of(
        way.over(bedrock, cache).forScope(ALICE).converse(FakeBedrock.ask("one")));
  }

  @ParameterizedTest
  @ValueSource(longs = {-48, -1, 1, 48})
  void f73_wallClockJumps_noAnswerInMemoryLivesLongerForIt(long hours) {
    BedrockCache cache =
        BedrockCache.builder()
            .ttlPolicy(TtlPolicy.fixed(TTL).withJitter(0))
            .timeSource(time)
            .build();
    ask(cache);
    time.jump(Duration.ofHours(hours));
    time.advance(TTL);
    assertThat(ask(cache).cached()).isFalse();
  }

  /** The only clock that an entry and its reader share is the wall's. */
  @Test
  void f73_wallClockSetBackByAnHour_entryInTheStoreLivesLongerByThatAtMost() {
    ask(cache(time));
    time.jump(Duration.ofHours(-1));
    time.advance(TTL.plusHours(1));
    assertThat(ask(cache(time)).cached()).isFalse();
  }

  /** Its age is unknown. */
  @Test
  void f73_wallClockSetBackFarBeforeAnEntryIsRead_isMissAndCounted() {
    ask(cache(time));
    time.jump(Duration.ofDays(-2));
    BedrockCache other = cache(time);
    assertThat(ask(other).cached()).isFalse();
    assertThat(other.stats().faults()).containsEntry(CacheFault.CLOCK_SKEW, 1L);
    assertThat(ask(other).source()).isEqualTo(CacheSource.HOT);
  }

  /** A Lambda that was frozen: elapsed time stood still, the wall clock did not. */
  @Test
  void f74_elapsedTimeStoodStill_wallClockDecides() {
    BedrockCache cache = cache(time);
    ask(cache);
    time.jump(TTL);
    assertThat(ask(cache).cached()).isFalse();
  }

  /** Its own delay has not gone by; everybody else's has. */
  @Test
  void f74_frozenWhileAnotherInstanceInvalidates_obeysAfterTheThaw() {
    BedrockCache frozen = cache(time);
    ask(frozen);
    cache(time).invalidate(ALICE);
    time.jump(Duration.ofMinutes(30));
    assertThat(ask(frozen).cached()).isFalse();
  }

  @Test
  void f74_frozenForLongerThanMaxUnverifiedAndTheStoreIsDown_servesNothingUnverified() {
    BedrockCache frozen = cache(time);
    ask(frozen);
    store.failReads = new IllegalStateException("down");
    time.jump(Duration.ofMinutes(5));
    assertThat(ask(frozen).cached()).isFalse();
  }

  @Test
  void f75_writersClockIsALittleAhead_ageIsNotNegativeAndLifeLongerByThatAtMost() {
    FakeTime ahead = new FakeTime();
    ahead.jump(Duration.ofMinutes(5));
    ask(cache(ahead));
    BedrockCache reader = cache(time);
    CacheOutcome warm = ask(reader);
    assertThat(warm.source()).isEqualTo(CacheSource.WARM);
    assertThat(warm.age()).isZero();
    assertThat(warm.ttl().orElseThrow()).isLessThanOrEqualTo(TTL);
    time.advance(TTL);
    ask(reader);
    time.advance(Duration.ofMinutes(5));
    assertThat(ask(reader).cached()).isFalse();
  }

  @Test
  void f75_writersClockIsFarAhead_isMissAndCounted() {
    FakeTime ahead = new FakeTime();
    ahead.jump(Duration.ofMinutes(6));
    ask(cache(ahead));
    BedrockCache reader = cache(time);
    assertThat(ask(reader).cached()).isFalse();
    assertThat(reader.stats().faults()).containsEntry(CacheFault.CLOCK_SKEW, 1L);
  }
}
