package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.examples.load.ServersProcess.Counts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

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
  private long timeouts;
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
    long timeoutsBefore = faults(CacheFault.STORE_READ_TIMEOUT);
    long leftAloneBefore = faults(CacheFault.STORE_UNAVAILABLE);
    List<Long> each =
        instances.stream().map(one -> one.faults(CacheFault.STORE_UNAVAILABLE)).toList();
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
        if (phase == Phase.OPENING && allLeaveItAlone(each)) {
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
      timeouts = faults(CacheFault.STORE_READ_TIMEOUT) - timeoutsBefore;
      leftAlone = faults(CacheFault.STORE_UNAVAILABLE) - leftAloneBefore;
    }
  }

  private boolean allLeaveItAlone(List<Long> before) {
    for (int i = 0; i < before.size(); i++) {
      if (instances.get(i).faults(CacheFault.STORE_UNAVAILABLE) <= before.get(i)) {
        return false;
      }
    }
    return true;
  }

  private long faults(CacheFault fault) {
    return instances.stream().mapToLong(instance -> instance.faults(fault)).sum();
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

  /** Returns how many look-ups took their whole budget, by the caches' own count. */
  long timeouts() {
    return timeouts;
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
