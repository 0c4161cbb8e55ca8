package com.gymcoach.bedrock.cloudwatch;

import java.util.ArrayList;
import java.util.List;

/** Values by bucket, with the count of each. Used by one thread. */
final class Values {
  /** CloudWatch's limit of distinct values per metric and request. */
  static final int MAX_POINTS = 150;

  /**
   * A value.
   *
   * @param value the mean of its bucket
   * @param count how often it occurred
   */
  record Point(double value, double count) {}

  private final long[] counts = new long[Distribution.BUCKETS];
  private final long[] sums = new long[Distribution.BUCKETS];

  void add(int bucket, long count, long sum) {
    counts[bucket] += count;
    sums[bucket] += sum;
  }

  void add(Values more) {
    for (int i = 0; i < counts.length; i++) {
      add(i, more.counts[i], more.sums[i]);
    }
  }

  /**
   * Returns at most 150 values, ascending. If there are more, neighbours are merged to their mean.
   */
  List<Point> points(double divisor) {
    return points(this, new Values(), divisor);
  }

  /**
   * Returns the points of positive and negative values together; {@code below} holds the latter as
   * absolute values.
   */
  static List<Point> points(Values above, Values below, double divisor) {
    List<Point> points = new ArrayList<>();
    for (int i = below.counts.length - 1; i >= 0; i--) {
      below.addTo(points, i, -divisor);
    }
    for (int i = 0; i < above.counts.length; i++) {
      above.addTo(points, i, divisor);
    }
    while (points.size() > MAX_POINTS) {
      points = halved(points);
    }
    return points;
  }

  private void addTo(List<Point> points, int bucket, double divisor) {
    if (counts[bucket] > 0) {
      points.add(new Point((double) sums[bucket] / counts[bucket] / divisor, counts[bucket]));
    }
  }

  private static List<Point> halved(List<Point> points) {
    List<Point> half = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 2) {
      Point one = points.get(i);
      half.add(i + 1 < points.size() ? together(one, points.get(i + 1)) : one);
    }
    return half;
  }

  private static Point together(Point one, Point other) {
    double count = one.count() + other.count();
    return new Point((one.value() * one.count() + other.value() * other.count()) / count, count);
  }
}
