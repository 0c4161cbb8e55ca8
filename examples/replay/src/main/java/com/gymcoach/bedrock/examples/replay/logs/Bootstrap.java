package com.gymcoach.bedrock.examples.replay.logs;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The circular block bootstrap of Politis and Romano (1992): estimates how much a sum over periods
 * varies, if neighbouring periods are alike. Each resample is put together from blocks of
 * consecutive periods, drawn at random, where the first period follows the last one.
 */
final class Bootstrap {
  /** With fewer periods there is no interval worth the name. */
  static final int FEWEST = 8;

  private static final int RESAMPLES = 2_000;
  private static final double OUTSIDE = 0.025;
  private static final long SEED = 20_261_130;

  private Bootstrap() {}

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
   * Returns the 95 % percentile interval of the sum of some values.
   *
   * @param block how many neighbours are drawn together, at least 1
   */
  static Interval ofSum(double[] values, int block) {
    int count = values.length;
    if (count < FEWEST) {
      return Interval.NONE;
    }
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
    int low = (int) Math.floor(OUTSIDE * (RESAMPLES - 1));
    return new Interval(sums[low], sums[RESAMPLES - 1 - low]);
  }
}
