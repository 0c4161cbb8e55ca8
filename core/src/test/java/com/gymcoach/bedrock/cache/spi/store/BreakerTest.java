package com.gymcoach.bedrock.cache.spi.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.spi.store.Breaker.Permit;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration LONG = Duration.ofMinutes(5);

  private final FakeTime time = new FakeTime();
  private boolean mayProbe = true;
  private final Breaker breaker =
      new Breaker(
          StoreGuard.builder("Calls of a test", BreakerTest.class)
              .probeInterval(INTERVAL)
              .longProbeInterval(LONG)
              .mayProbe(() -> mayProbe)
              .timeSource(time));
  private final StoreFailure slow = StoreFailure.ordinary(new TimeoutException());
  private final StoreFailure denied = new StoreFailure("denied", StoreFailure.Kind.PERMANENT);

  private void call(int times, @Nullable StoreFailure failure) {
    for (int i = 0; i < times; i++) {
      assertThat(breaker.ask()).isEqualTo(Permit.CALL);
      breaker.note(Permit.CALL, failure);
    }
  }

  private void assertProbesOnce() {
    assertThat(breaker.ask()).isEqualTo(Permit.PROBE);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
  }

  @Test
  void ask_afterAsManyFailuresAsThereAreThreads_probesOnceAnInterval() {
    assertThat(breaker.isOpen()).isFalse();
    call(8, slow);
    assertThat(breaker.isOpen()).isTrue();
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
    time.advance(INTERVAL.minusNanos(1));
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
    time.advance(Duration.ofNanos(1));
    assertProbesOnce();
    breaker.note(Permit.PROBE, slow);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
    time.advance(INTERVAL);
    assertProbesOnce();
    breaker.note(Permit.PROBE, null);
    call(7, slow); // begins anew
    assertThat(breaker.ask()).isEqualTo(Permit.CALL);
  }

  @Test
  void ask_whileNoThreadIsToSpareForAProbe_isNoneAndThenProbesAtOnce() {
    mayProbe = false;
    call(8, slow); // a closed breaker does not ask
    time.advance(INTERVAL);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
    mayProbe = true;
    assertProbesOnce();
  }

  @Test
  void ask_whenHalfOfTheLast16Failed_isNone() {
    call(100, null);
    call(7, slow);
    assertThat(breaker.ask()).isEqualTo(Permit.CALL);
    call(1, slow);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
  }

  @Test
  void ask_whenLessThanHalfFail_goesOn() {
    for (int i = 0; i < 100; i++) {
      call(2, null);
      call(1, slow);
    }
    assertThat(breaker.ask()).isEqualTo(Permit.CALL);
  }

  /** The last call has succeeded, so the next one is not refused. */
  @Test
  void ask_whenTheEighthCallSucceedsAfterSevenFailures_goesOn() {
    call(7, slow);
    call(1, null);
    assertThat(breaker.ask()).isEqualTo(Permit.CALL);
    call(1, slow);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
  }

  @Test
  void ask_afterWhatNoRetryCanMend_isNoneForLong() {
    call(1, denied);
    time.advance(LONG.minusNanos(1));
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
    time.advance(Duration.ofNanos(1));
    assertProbesOnce();
    breaker.note(Permit.PROBE, denied);
    time.advance(LONG.minusNanos(1));
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
  }

  /** Elapsed time stands still meanwhile. */
  @Test
  void ask_afterTheProcessWasFrozen_probesAtOnce() {
    call(1, denied);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
    time.jump(LONG);
    assertProbesOnce();
  }

  @Test
  void ask_whenTheWallClockIsSetBack_probesAfterTheIntervalAllTheSame() {
    call(8, slow);
    time.jump(Duration.ofDays(-2));
    time.advance(INTERVAL);
    assertProbesOnce();
  }

  /** What half-open states get wrong: the one permit is lost, and no call is made ever again. */
  @Test
  void ask_whenAProbesFateIsNeverTold_probesAgainAnIntervalLater() {
    call(8, slow);
    for (int i = 0; i < 3; i++) {
      time.advance(INTERVAL);
      assertProbesOnce();
    }
  }

  /** The probe hung and was found out by the next call, when its interval was over. */
  @Test
  void ask_whenAProbesFailureIsToldLate_waitsNoLonger() {
    call(8, slow);
    time.advance(INTERVAL);
    assertProbesOnce();
    time.advance(INTERVAL);
    breaker.note(Permit.PROBE, slow);
    assertProbesOnce();
  }

  @Test
  void note_ofCallsFromBeforeItOpened_changesNothing() {
    call(8, slow);
    breaker.note(Permit.CALL, null);
    breaker.note(Permit.CALL, denied);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
    time.advance(INTERVAL);
    assertProbesOnce();
    breaker.note(Permit.CALL, null);
    assertThat(breaker.ask()).isEqualTo(Permit.NONE);
  }
}
