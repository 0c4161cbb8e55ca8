package com.gymcoach.bedrock.examples.load;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.math3.stat.regression.SimpleRegression;

/** The course of a run, second by second. Not thread-safe. */
final class Samples {

  /**
   * One second of the run.
   *
   * @param hitRate hit rate of the calls through the cache in that second, 0 to 100; NaN if there
   *     were none
   * @param heapMegabytes heap size after the last full collection
   */
  record Sample(
      double seconds,
      double rate,
      double hitRate,
      double p99Millis,
      double heapMegabytes,
      int threads,
      int files) {}

  /** The heap size after a full collection. */
  record Heap(double seconds, double megabytes) {}

  /**
   * The growth of the heap, in MB per hour; NaN with fewer than three heap sizes.
   *
   * @param error half the width of the 95 % confidence interval, by Student's t distribution; the
   *     heap sizes are taken to be independent
   */
  record Growth(double megabytesPerHour, double error) {}

  private final List<Sample> all = new ArrayList<>();
  private final List<Heap> heaps = new ArrayList<>();
  private long holdsNanos;

  void add(Sample sample) {
    all.add(sample);
  }

  List<Sample> all() {
    return all;
  }

  List<Heap> heaps() {
    return heaps;
  }

  /** Runs full collections and records the heap size. Call it while no call is in flight. */
  void takeHeap(double seconds) {
    System.gc();
    System.gc(); // frees what cleaners released after the first one
    heaps.add(
        new Heap(
            seconds,
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                / (double) (1 << 20)));
  }

  /** Records a pause of the calls, in nanoseconds. */
  void held(long nanos) {
    holdsNanos += nanos;
  }

  double heldSeconds() {
    return holdsNanos / (double) TimeUnit.SECONDS.toNanos(1);
  }

  double lastHeap() {
    return heaps.isEmpty() ? 0 : heaps.get(heaps.size() - 1).megabytes();
  }

  /** Returns the number of threads of this process. */
  static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  /** Returns the number of open files and sockets, or 0 if the system does not provide it. */
  static int files() {
    String[] names = new File("/proc/self/fd").list();
    return names == null ? 0 : names.length;
  }

  /**
   * Returns the growth of the heap: the least-squares line through the last two thirds, because
   * memory fills up before.
   */
  static Growth growth(List<Heap> heaps) {
    SimpleRegression line = new SimpleRegression();
    for (Heap heap : heaps.subList(heaps.size() / 3, heaps.size())) {
      line.addData(heap.seconds() / TimeUnit.HOURS.toSeconds(1), heap.megabytes());
    }
    return line.getN() < 3
        ? new Growth(Double.NaN, Double.NaN)
        : new Growth(line.getSlope(), line.getSlopeConfidenceInterval());
  }
}
