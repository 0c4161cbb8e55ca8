package com.gymcoach.bedrock.examples.replay.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.examples.replay.logs.Bootstrap.Interval;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BootstrapTest {
  /**
   * Of 400 series whose expected sum is known, the interval holds it in about 95 %; if neighbours
   * are alike, only with blocks. So it does with as few periods and blocks as {@link Periods} has.
   */
  @ParameterizedTest
  @CsvSource({
    "336, 0.0, 1, 92, 98",
    "336, 0.0, 7, 92, 98",
    "336, 0.7, 24, 92, 98",
    "336, 0.7, 1, 40, 75",
    "24, 0.0, 3, 92, 99",
    "72, 0.0, 24, 94, 100",
    "72, 0.7, 24, 94, 100",
    "97, 0.7, 24, 92, 99",
    "17, 0.0, 3, 92, 99",
    "21, 0.0, 7, 94, 100",
    "28, 0.0, 7, 94, 100",
    "91, 0.0, 7, 92, 98",
  })
  void ofSum_ofSeriesWithAKnownMean_holdsItAsOftenAsItShould(
      int count, double alike, int block, int least, int most) {
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

  /**
   * By hand, from a table of Student's distribution: 4.303 / 1.960 by the root of 3 / 2, and so on.
   */
  @ParameterizedTest
  @CsvSource({"3, 2.689", "14, 1.154", "5.7, 1.444", "20, 1.141", "30, 1.083", "400, 1.032"})
  void wider_ofSomeBlocks_isStudentsQuantileAndTheRootOfFreedom(double blocks, double wider) {
    assertThat(Bootstrap.wider(blocks)).isCloseTo(wider, within(0.001));
  }

  /** Each of three blocks of 10 has the one value with 1 in 3: all three have it in 3.7 %. */
  @Test
  void ofSum_ofAValueAtTheBeginning_drawsItAsOftenAsAnyOther() {
    double[] values = new double[30];
    values[0] = 100;

    Interval interval = Bootstrap.ofSum(values, 10);
    assertThat(interval.high()).isCloseTo(100 + 200 * Bootstrap.wider(3), within(1e-9));
    assertThat(interval.low()).isCloseTo(100 - 100 * Bootstrap.wider(3), within(1e-9));
  }

  @Test
  void ofSum_ofEqualValues_isTheirSum() {
    double[] values = new double[50];
    Arrays.fill(values, 2);

    assertThat(Bootstrap.ofSum(values, 7)).isEqualTo(new Interval(100, 100));
  }
}
