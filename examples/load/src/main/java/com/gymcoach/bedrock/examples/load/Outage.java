package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.examples.load.ServersProcess.Counts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * An outage of DynamoDB or CloudWatch. Starts and ends it, and records its effects. {@link #run()}
 * is for one thread; everything else is thread-safe.
 */
final class Outage implements Runnable {
  private static final Duration SLOW = Duration.ofMillis(300);
  private static final long NEVER = 0;

  private final Options options;
  private final ServersProcess servers;
  private final List<Instance> instances;
  private final AtomicLong firstWarmHit = new AtomicLong(NEVER);
  private volatile Phase phase = Phase.BEFORE;
  private volatile long endedNanos;

  // Written by run() and read once its thread has ended.
  private Duration opening = Duration.ZERO;
  private Duration open = Duration.ZERO;
  private long arrivedWhileOpening;
  private long arrivedWhileOpen;
  private List<Long> timeouts = List.of();
  private List<Long> lateWrites = List.of();
  private List<Long> refused = List.of();
  private long leftAlone;

  Outage(Options options, ServersProcess servers, List<Instance> instances) {
    this.options = options;
    this.servers = servers;
    this.instances = instances;
  }

  Phase phase() {
    return phase;
  }

  /** Starts the outage at its time and ends it. If the thread is interrupted, ends it early. */
  @Override
  public void run() {
    try {
      Thread.sleep(options.outageAt.toMillis());
      breakOff();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void breakOff() throws InterruptedException {
    boolean isTable = !options.outage.equals("cloudwatch");
    Counts atBegin = servers.counts();
    List<Long> timeoutsBefore = faults(CacheFault.STORE_READ_TIMEOUT);
    List<Long> lateWritesBefore = faults(CacheFault.STORE_WRITE_TIMEOUT);
    List<Long> refusedBefore = faults(CacheFault.STORE_READ_FAILED);
    List<Long> leftAloneBefore = faults(CacheFault.STORE_UNAVAILABLE);
    servers.command(
        switch (options.outage) {
          case "slow" -> "dynamodb slow " + SLOW.toMillis();
          case "cloudwatch" -> "cloudwatch silent";
          default -> "dynamodb " + options.outage;
        });
    long began = System.nanoTime();
    long end = began + options.outageFor.toNanos();
    phase = isTable ? Phase.OPENING : Phase.OPEN;
    long openedAt = isTable ? end : began;
    Counts atOpen = atBegin;
    try {
      while (System.nanoTime() < end) {
        if (phase == Phase.OPENING && isLeftAloneByAll(leftAloneBefore)) {
          phase = Phase.OPEN;
          openedAt = System.nanoTime();
          atOpen = servers.counts();
        }
        Thread.sleep(10);
      }
    } finally {
      Counts atEnd = servers.counts();
      boolean opened = phase == Phase.OPEN;
      servers.command(
          isTable ? "dynamodb share " + options.dynamoDbFaultsPercent : "cloudwatch healthy");
      endedNanos = System.nanoTime();
      phase = Phase.AFTER;
      opening = Duration.ofNanos(openedAt - began);
      open = Duration.ofNanos(Math.max(0, endedNanos - openedAt));
      arrivedWhileOpening = (opened ? atOpen : atEnd).dynamoDb() - atBegin.dynamoDb();
      arrivedWhileOpen = opened ? atEnd.dynamoDb() - atOpen.dynamoDb() : 0;
      timeouts = since(timeoutsBefore, CacheFault.STORE_READ_TIMEOUT);
      lateWrites = since(lateWritesBefore, CacheFault.STORE_WRITE_TIMEOUT);
      refused = since(refusedBefore, CacheFault.STORE_READ_FAILED);
      leftAlone = Figures.sum(since(leftAloneBefore, CacheFault.STORE_UNAVAILABLE));
    }
  }

  private boolean isLeftAloneByAll(List<Long> before) {
    return since(before, CacheFault.STORE_UNAVAILABLE).stream().allMatch(times -> times > 0);
  }

  /** Returns a count per instance. */
  private List<Long> faults(CacheFault fault) {
    return instances.stream().map(instance -> instance.faults(fault)).toList();
  }

  private List<Long> since(List<Long> before, CacheFault fault) {
    List<Long> now = faults(fault);
    return IntStream.range(0, now.size()).mapToObj(i -> now.get(i) - before.get(i)).toList();
  }

  /** Records a warm hit of a call that began after the outage. */
  void warmHit() {
    firstWarmHit.compareAndSet(NEVER, System.nanoTime());
  }

  /** Returns the time until all instances had stopped using the table. */
  Duration opening() {
    return opening;
  }

  /** Returns the rest of the outage's duration. */
  Duration open() {
    return open;
  }

  /** Returns the requests that arrived at the table before all instances had stopped using it. */
  long arrivedWhileOpening() {
    return arrivedWhileOpening;
  }

  /**
   * Returns the requests that arrived after that: probes, and invalidations, which bypass the
   * breakers.
   */
  long arrivedWhileOpen() {
    return arrivedWhileOpen;
  }

  /** Returns how many look-ups used up their budget, by each instance's own count. */
  List<Long> timeouts() {
    return timeouts;
  }

  /** Returns the same for writes, of calls whose look-up was before the outage. */
  List<Long> lateWrites() {
    return lateWrites;
  }

  /** Returns how many look-ups failed otherwise, by each instance's own count. */
  List<Long> refused() {
    return refused;
  }

  /** Returns the number of calls made without the table. */
  long leftAlone() {
    return leftAlone;
  }

  /**
   * Returns the time from the outage's end to the first warm hit in ms, or -1 if there was none.
   */
  long recoveryMillis() {
    long hit = firstWarmHit.get();
    return hit == NEVER ? -1 : Duration.ofNanos(hit - endedNanos).toMillis();
  }
}
