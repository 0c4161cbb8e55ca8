package com.gymcoach.bedrock.examples.load;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
   * Returns the growth of the heap in MB per hour: the least-squares line through the last two
   * thirds, because memory fills up before. NaN with fewer than three points.
   */
  static double slope(List<Heap> heaps) {
    List<Heap> settled = heaps.subList(heaps.size() / 3, heaps.size());
    if (settled.size() < 3) {
      return Double.NaN;
    }
    double meanX = settled.stream().mapToDouble(Heap::seconds).average().orElseThrow();
    double meanY = settled.stream().mapToDouble(Heap::megabytes).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    for (Heap heap : settled) {
      xy += (heap.seconds() - meanX) * (heap.megabytes() - meanY);
      xx += (heap.seconds() - meanX) * (heap.seconds() - meanX);
    }
    return xy / xx * TimeUnit.HOURS.toSeconds(1);
  }
}
