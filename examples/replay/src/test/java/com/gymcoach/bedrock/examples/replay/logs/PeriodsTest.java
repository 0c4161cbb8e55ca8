package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeriodsTest {
  private static final long FIRST = 1_700_000_000_000L;

  private static Periods of(long hours) {
    return Periods.of(FIRST, FIRST + Duration.ofHours(hours).toMillis());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 1, 1",
    "30, 1, 31, 4",
    "70, 1, 71, 5",
    "71, 1, 72, 24",
    "168, 1, 169, 24",
    "399, 1, 400, 24",
    "400, 24, 17, 3",
    "479, 24, 20, 3",
    "480, 24, 21, 7",
    "2160, 24, 91, 7",
    "17520, 168, 105, 5",
    "675000, 8232, 82, 5"
  })
  void of_aTime_choosesPeriodsAndBlocks(long hours, long each, int count, int block) {
    Periods periods = of(hours);

    assertThat(periods.length()).isEqualTo(Duration.ofHours(each).toMillis());
    assertThat(periods.count()).isEqualTo(count).isLessThanOrEqualTo(Periods.MOST);
    assertThat(periods.block()).isEqualTo(block);
    assertThat(periods.of(FIRST)).isZero();
    assertThat(periods.of(FIRST + periods.span())).isEqualTo(count - 1);
  }

  @ParameterizedTest
  @CsvSource({"22, false", "23, true", "400, true"}) // 23 hours, 24 hours, 17 days
  void areEnough_ofAPartOfADay_isFalse(long hours, boolean enough) {
    assertThat(of(hours).areEnough()).isEqualTo(enough);
    Tally tally = new Tally(1, of(hours));
    assertThat(tally.interval(0).isKnown()).isEqualTo(enough);
  }

  @Test
  void toMonth_ofALog_makesThirtyDaysOfIt() {
    assertThat(of(72).toMonth()).isEqualTo(10);
    assertThat(of(0).toMonth()).isEqualTo(720); // as if it were an hour
  }
}
