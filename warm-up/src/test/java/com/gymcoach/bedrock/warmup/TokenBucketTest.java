package com.gymcoach.bedrock.warmup;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private final ManualTime time = ManualTime.startingAt(Instant.EPOCH);

  /** One step of a schedule: time passes, then permits are asked for, or a call is throttled. */
  private static final int STEPS = 4_000;

  /** Each step: milliseconds to pass, and how often to ask; a multiple of seven also throttles. */
  @Property(tries = 300)
  void tryTake_onAnySchedule_grantsAtMostBurstAndRateInAnyWindow(
      @ForAll @DoubleRange(min = 0.05, max = 500) double rate,
      @ForAll @IntRange(min = 1, max = 50) int burst,
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = STEPS) Integer> steps) {
    TokenBucket bucket = new TokenBucket(time, rate, burst);
    List<Long> granted = new ArrayList<>();
    for (int step : steps) {
      time.advance(Duration.ofMillis(step));
      if (step % 7 == 0) {
        bucket.throttled();
      }
      for (int i = 0; i < step % 60; i++) {
        long wait = bucket.tryTake();
        if (wait == 0) {
          granted.add(time.nanoTime());
        } else if (i % 2 == 0) {
          time.advance(Duration.ofNanos(wait));
        }
      }
    }
    for (int from = 0; from < granted.size(); from++) {
      for (int to = from; to < granted.size(); to++) {
        double seconds = (granted.get(to) - granted.get(from)) / 1e9;
        assertThat(to - from + 1).isLessThanOrEqualTo((int) (burst + rate * seconds + 1e-6));
      }
    }
  }

  @Property(tries = 200)
  void tryTake_afterTheTimeItNames_grants(
      @ForAll @DoubleRange(min = 0.05, max = 500) double rate,
      @ForAll @IntRange(min = 1, max = 50) int burst) {
    TokenBucket bucket = new TokenBucket(time, rate, burst);
    int inARow = 0;
    for (int i = 0; i < burst + 20; i++) {
      long wait = bucket.tryTake();
      inARow += wait == 0 && i < burst ? 1 : 0;
      if (wait > 0) {
        time.advance(Duration.ofNanos(wait + 1)); // one more for rounding
        assertThat(bucket.tryTake()).isZero();
      }
    }
    assertThat(inARow).isEqualTo(burst);
  }

  @Test
  void throttled_whenCallsUnderWayAreThrottledTogether_halvesTheRateOnce() {
    TokenBucket bucket = new TokenBucket(time, 8, 1);
    bucket.throttled();
    time.advance(Duration.ofMillis(900));
    bucket.throttled();
    assertThat(bucket.ratePerSecond()).isEqualTo(4);
    time.advance(Duration.ofMillis(100));
    bucket.throttled();
    assertThat(bucket.ratePerSecond()).isEqualTo(2);
  }

  @Test
  void throttled_byALongOutage_keepsA64thOfTheRateAndComesBack() {
    TokenBucket bucket = new TokenBucket(time, 64, 1);
    for (int i = 0; i < 20; i++) {
      bucket.throttled();
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(bucket.ratePerSecond()).isEqualTo(1);
    time.advance(Duration.ofSeconds(29));
    assertThat(bucket.ratePerSecond()).isEqualTo(2);
    time.advance(Duration.ofSeconds(30));
    assertThat(bucket.ratePerSecond()).isEqualTo(4);
    time.advance(Duration.ofHours(1));
    assertThat(bucket.ratePerSecond()).isEqualTo(64);
  }

  @Test
  void throttled_withPermitsSavedUp_grantsNoneOfThem() {
    TokenBucket bucket = new TokenBucket(time, 1, 10);
    bucket.throttled();
    assertThat(bucket.tryTake()).isEqualTo(Duration.ofSeconds(2).toNanos());
  }
}
