package com.gymcoach.bedrock.cache.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HitBudgetTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final FakeTime time = new FakeTime();

  @Test
  void calls_areLimitedUntilTheHourIsOver() {
    HitBudget budget = new HitBudget(time, 2, 1);
    assertThat(budget.take(0.1)).isTrue();
    time.advance(HOUR.minusNanos(1));
    assertThat(budget.take(0.1)).isTrue();
    assertThat(budget.allows(0.1)).isFalse();
    assertThat(budget.take(0.1)).isFalse();
    time.advance(Duration.ofNanos(1));
    assertThat(budget.allows(0.1)).isTrue();
    assertThat(budget.take(0.1)).isTrue();
    assertThat(budget.take(0.1)).isTrue();
    assertThat(budget.take(0.1)).isFalse();
  }

  @Test
  void wallClock_whenSetForward_doesNotEndTheHour() {
    HitBudget budget = new HitBudget(time, 1, 1);
    budget.take(0.1);
    time.jump(Duration.ofDays(1));
    assertThat(budget.take(0.1)).isFalse();
  }

  @Test
  void usd_thatACallWouldExceed_isNotSpent() {
    HitBudget budget = new HitBudget(time, 100, 1);
    assertThat(budget.allows(1.1)).isFalse();
    assertThat(budget.take(1.1)).isFalse();
    assertThat(budget.take(0.6)).isTrue();
    assertThat(budget.allows(0.6)).isFalse();
    assertThat(budget.take(0.6)).isFalse();
    assertThat(budget.take(0.4)).isTrue();
    time.advance(HOUR);
    assertThat(budget.take(0.6)).isTrue();
  }

  @Test
  void cost_thatDiffersFromTheExpected_isCorrected() {
    HitBudget budget = new HitBudget(time, 100, 1);
    budget.take(0.2);
    budget.settle(0.2, 0.7);
    assertThat(budget.allows(0.4)).isFalse();
    assertThat(budget.allows(0.3)).isTrue();
    budget.settle(0.2, Double.NaN);
    assertThat(budget.allows(0.3)).isTrue();
    assertThat(budget.allows(0.31)).isFalse();
  }

  @Test
  void unknownCosts_areLimitedByTheirNumberOnly() {
    HitBudget budget = new HitBudget(time, 2, 0.000_001);
    assertThat(budget.take(Double.NaN)).isTrue();
    budget.settle(Double.NaN, Double.NaN);
    assertThat(budget.take(Double.NaN)).isTrue();
    assertThat(budget.take(Double.NaN)).isFalse();
  }
}
