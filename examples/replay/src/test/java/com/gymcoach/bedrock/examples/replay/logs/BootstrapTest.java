package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.replay.logs.Bootstrap.Interval;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrapTest {
  /**
   * Of 400 series whose expected sum is known, the interval holds it in nearly 95 %; if neighbours
   * are alike, only with blocks. A percentile interval of a short series is a little too short.
   */
  @ParameterizedTest
  @CsvSource({"0.0, 1, 90, 98", "0.0, 7, 88, 98", "0.7, 24, 86, 98", "0.7, 1, 40, 75"})
  void ofSum_ofSeriesWithAKnownMean_holdsItAsOftenAsItShould(
      double alike, int block, int least, int most) {
    int count = 336;
    int held = 0;
    Random random = new Random(3);
    for (int trial = 0; trial < 400; trial++) {
      double[] values = new double[count];
      double noise = random.nextGaussian();
      for (int i = 0; i < count; i++) {
        noise = alike * noise + Math.sqrt(1 - alike * alike) * random.nextGaussian();
        values[i] = 5 + noise;
      }
      Interval interval = Bootstrap.ofSum(values, block);
      held += interval.low() <= 5.0 * count && 5.0 * count <= interval.high() ? 1 : 0;
    }

    assertThat(held / 4).isBetween(least, most);
  }

  @Test
  void ofSum_ofTooFewPeriods_isUnknown() {
    assertThat(Bootstrap.ofSum(new double[7], 1).isKnown()).isFalse();
    assertThat(Bootstrap.ofSum(new double[8], 1).isKnown()).isTrue();
  }

  @Test
  void ofSum_ofEqualValues_isTheirSum() {
    double[] values = new double[50];
    Arrays.fill(values, 2);

    assertThat(Bootstrap.ofSum(values, 7)).isEqualTo(new Interval(100, 100));
  }
}
