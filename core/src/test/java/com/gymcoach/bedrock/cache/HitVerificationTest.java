package com.gymcoach.bedrock.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HitVerificationTest {

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 100.1, Double.NaN})
  void percent_whenOutOfRange_isRefusedWithARemedy(double percent) {
    assertThatThrownBy(() -> BedrockCache.builder().verifyHits(percent))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("percent is " + percent + ": choose from 0 to 100");
  }

  @Test
  void limits_whenOutOfRange_areRefusedWithARemedy() {
    HitVerification some = HitVerification.ofPercent(0.5);
    assertThatThrownBy(() -> some.withCallsPerHour(0))
        .hasMessage("callsPerHour is 0: choose 1 or more");
    assertThatThrownBy(() -> some.withUsdPerHour(0))
        .hasMessage("usdPerHour is 0.0: choose more than 0");
    assertThatThrownBy(() -> some.withUsdPerHour(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void settings_areThoseGiven() {
    var settings =
        HitVerification.ofPercent(2).withCallsPerHour(7).withUsdPerHour(0.5).withBackground(false);
    assertThat(settings.settings())
        .hasToString("Verifying[percent=2.0, callsPerHour=7, usdPerHour=0.5, inBackground=false]");
    assertThat(HitVerification.ofPercent(2).settings())
        .hasToString("Verifying[percent=2.0, callsPerHour=60, usdPerHour=1.0, inBackground=true]");
    assertThat(HitVerification.ofPercent(0).settings()).isNull();
  }
}
