package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.examples.load.ServersProcess.Counts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A time in which DynamoDB, or CloudWatch, fails: begins and ends it, and takes notes. {@link
 * #run()} is for one thread, all else is thread-safe.
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

  // Written by run() and read when its thread has ended.
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

  /** Begins it when its time comes, and ends it; or earlier, where the thread is interrupted. */
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

  /** Returns a count for each instance. */
  private List<Long> faults(CacheFault fault) {
    return instances.stream().map(instance -> instance.faults(fault)).toList();
  }

  private List<Long> since(List<Long> before, CacheFault fault) {
    List<Long> now = faults(fault);
    return IntStream.range(0, now.size()).mapToObj(i -> now.get(i) - before.get(i)).toList();
  }

  /** A call that began after the outage had a warm hit. */
  void warmHit() {
    firstWarmHit.compareAndSet(NEVER, System.nanoTime());
  }

  /** Returns how long it took until all instances left the table alone. */
  Duration opening() {
    return opening;
  }

  /** Returns how long it lasted from then on. */
  Duration open() {
    return open;
  }

  /** Returns how many requests arrived at the table in the first of the two. */
  long arrivedWhileOpening() {
    return arrivedWhileOpening;
  }

  /** Returns how many arrived in the second: probes, and invalidations, which go past breakers. */
  long arrivedWhileOpen() {
    return arrivedWhileOpen;
  }

  /** Returns how many look-ups of each instance took their whole budget, by its own count. */
  List<Long> timeouts() {
    return timeouts;
  }

  /** Returns the same of writes: of calls that were looked up before it began. */
  List<Long> lateWrites() {
    return lateWrites;
  }

  /** Returns how many look-ups of each failed otherwise, by its own count. */
  List<Long> refused() {
    return refused;
  }

  /** Returns how many calls did without the table. */
  long leftAlone() {
    return leftAlone;
  }

  /** Returns how long after its end there was a warm hit again, in ms; -1 where there was none. */
  long recoveryMillis() {
    long hit = firstWarmHit.get();
    return hit == NEVER ? -1 : Duration.ofNanos(hit - endedNanos).toMillis();
  }
}
