package com.gymcoach.bedrock.examples.load;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How a run went, second by second. For one thread. */
final class Samples {

  /**
   * A second of it.
   *
   * @param hitRate of the calls through the cache in that second, 0 to 100; NaN where there were
   *     none
   * @param heapMegabytes after the last full collection
   */
  record Sample(
      double seconds,
      double rate,
      double hitRate,
      double p99Millis,
      double heapMegabytes,
      int threads,
      int files) {}

  /** What the heap held after a full collection. */
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

  /** Collects, and takes the heap's size. To be called while no call is under way. */
  void takeHeap(double seconds) {
    System.gc();
    System.gc(); // the first has left what cleaners had to look at
    heaps.add(
        new Heap(
            seconds,
            ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
                / (double) (1 << 20)));
  }

  /** Calls were held up for that. */
  void held(long nanos) {
    holdsNanos += nanos;
  }

  double heldSeconds() {
    return holdsNanos / (double) TimeUnit.SECONDS.toNanos(1);
  }

  double lastHeap() {
    return heaps.isEmpty() ? 0 : heaps.get(heaps.size() - 1).megabytes();
  }

  /** Returns how many threads this process has. */
  static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  /** Returns how many files and sockets it has open, or 0 where the system does not tell. */
  static int files() {
    String[] names = new File("/proc/self/fd").list();
    return names == null ? 0 : names.length;
  }

  /**
   * Returns by how much the heap grows, in MB an hour: the line of least squares through the last
   * two thirds, as memory fills before. NaN where that is less than three points.
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
