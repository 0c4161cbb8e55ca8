package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class RolloutControlTest {
  private final AtomicInteger asked = new AtomicInteger();

  private static <T> DynamicSetting<T> setting(Supplier<T> decides, T before) {
    return new DynamicSetting<>(decides, before, failure -> {});
  }

  private <T> Supplier<T> counted(T value) {
    return () -> {
      asked.incrementAndGet();
      return value;
    };
  }

  private static RolloutControl of(Supplier<CacheMode> mode, Supplier<Double> percent) {
    return new RolloutControl(setting(mode, CacheMode.OFF), setting(percent, 0.0), null);
  }

  @Test
  void state_whenSuppliersDecide_asksThemOnEachCall() {
    RolloutControl control = of(counted(CacheMode.ON), counted(50.0));
    int before = asked.get();
    control.state();
    control.state();
    assertThat(asked.get() - before).isEqualTo(4);
  }

  @Test
  void state_whenThisProcessHasSetBoth_asksNothing() {
    RolloutControl control = of(counted(CacheMode.ON), counted(50.0));
    control.mode(CacheMode.OBSERVE);
    control.percent(20);
    asked.set(0);
    assertThat(control.state().mode()).isEqualTo(CacheMode.OBSERVE);
    assertThat(control.state().percent()).isEqualTo(20);
    assertThat(asked).hasValue(0);
  }

  @Test
  void state_whenOnlyTheModeIsFixed_followsTheSupplierOfThePercentage() {
    AtomicInteger percent = new AtomicInteger(10);
    RolloutControl control =
        of(new DynamicSetting.Fixed<>(CacheMode.ON), () -> (double) percent.get());
    assertThat(control.state().percent()).isEqualTo(10);
    percent.set(30);
    assertThat(control.state().percent()).isEqualTo(30);
  }

  @Test
  void state_whenBothAreFixed_changesOnlyWhenTheyAreSet() {
    RolloutControl control =
        of(new DynamicSetting.Fixed<>(CacheMode.ON), new DynamicSetting.Fixed<>(100.0));
    assertThat(control.state().mode()).isEqualTo(CacheMode.ON);
    control.percent(5);
    assertThat(control.state().percent()).isEqualTo(5);
    control.mode(CacheMode.OFF);
    assertThat(control.state().isOff()).isTrue();
    control.mode(CacheMode.ON);
    assertThat(control.state().isOff()).isFalse();
  }
}
