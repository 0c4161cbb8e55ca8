package com.gymcoach.bedrock.examples.replay.logs;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The circular block bootstrap of Politis and Romano (1992): estimates how much a sum over periods
 * varies, if neighbouring periods are alike. Each resample is put together from blocks of
 * consecutive periods, drawn at random, where the first period follows the last one.
 */
final class Bootstrap {
  private static final int RESAMPLES = 2_000;
  private static final double OUTSIDE = 0.025;
  private static final long SEED = 20_261_130;

  private Bootstrap() {}

  /**
   * The quantile 0.975 of Student's t by its degrees of freedom, from 1 on; the last ones are for
   * 12 and more, 20 and more, and 40 and more.
   */
  private static final double[] STUDENT = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.086,
    2.021
  };

  /** The same quantile of the normal distribution. */
  private static final double NORMAL = 1.960;

  /** An interval; both ends are NaN if there are too few periods. */
  record Interval(double low, double high) {
    static final Interval NONE = new Interval(Double.NaN, Double.NaN);

    boolean isKnown() {
      return !Double.isNaN(low);
    }

    Interval times(double factor) {
      return new Interval(low * factor, high * factor);
    }
  }

  /**
   * Returns the 95 % interval of the sum of some values: the percentiles of the resamples, widened
   * around the sum. With few blocks the percentiles alone are too near to each other.
   *
   * @param block how many neighbours are drawn together, at least 1; at most half of the values
   */
  static Interval ofSum(double[] values, int block) {
    int count = values.length;
    double[] before = new double[2 * count + 1]; // the sums up to each place, twice around
    for (int i = 0; i < 2 * count; i++) {
      before[i + 1] = before[i] + values[i % count];
    }
    SplittableRandom random = new SplittableRandom(SEED);
    double[] sums = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      for (int left = count; left > 0; left -= block) {
        int from = random.nextInt(count);
        sums[i] += before[from + Math.min(block, left)] - before[from];
      }
    }
    Arrays.sort(sums);
    int outside = (int) Math.floor(OUTSIDE * (RESAMPLES - 1));
    double sum = before[count];
    double wider = wider((double) count / block);
    return new Interval(
        sum + wider * (sums[outside] - sum), sum + wider * (sums[RESAMPLES - 1 - outside] - sum));
  }

  /**
   * Returns the factor that widens an interval of this number of blocks. Resamples vary as if each
   * block differed from a mean that is known, but it is that of the same blocks: by their number
   * less one, and by Student's distribution in place of the normal one.
   */
  static double wider(double blocks) {
    int freedom = (int) Math.round(blocks) - 1;
    int place = freedom < 12 ? freedom : freedom < 20 ? 12 : freedom < 40 ? 13 : 14;
    return STUDENT[place - 1] / NORMAL * Math.sqrt(blocks / (blocks - 1));
  }
}
