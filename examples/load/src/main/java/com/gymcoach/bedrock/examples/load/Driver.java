package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.gymcoach.bedrock.examples.load.Clients.Reply;
import com.gymcoach.bedrock.examples.load.Samples.Sample;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

/** Runs one load test. {@link #stop()} may be called by any thread. */
final class Driver {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int WARMERS = 4;

  /** Intervals shorter than this give no useful rate. */
  private static final long SHORTEST_PART = Duration.ofMillis(200).toNanos();

  private final Options options;
  private final ServersProcess servers;
  private final PrintStream progress;
  private final Mix mix;
  private final Checker checker;
  private final Figures figures = new Figures();
  private final Samples samples = new Samples();
  private final AtomicLong callsLeft;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** Each call holds the read lock; the write lock waits until no call is in flight. */
  private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock();

  private final List<Instance> instances = new ArrayList<>();
  private final Clients bare;
  private final @Nullable CloudWatchClient cloudWatch;
  private final @Nullable CloudWatchMetricsSink sink;
  private final Outage outage;
  private volatile boolean isMeasured;

  /**
   * Starts the instances.
   *
   * @param around wraps each instance's sync client; tests break it there
   */
  Driver(
      Options options,
      ServersProcess servers,
      PrintStream progress,
      UnaryOperator<BedrockRuntimeClient> around) {
    this.options = options;
    this.servers = servers;
    this.progress = progress;
    this.mix = new Mix(options);
    this.checker = new Checker(options.bound, options.instances);
    this.callsLeft = new AtomicLong(options.calls);
    if (options.outage.equals("cloudwatch")) {
      cloudWatch = Clients.cloudWatch(servers.cloudWatch());
      sink =
          CloudWatchMetricsSink.builder()
              .client(cloudWatch)
              .interval(Duration.ofSeconds(1))
              .build();
    } else {
      cloudWatch = null;
      sink = null;
    }
    String namespace = "load-" + Long.toHexString(System.nanoTime());
    MetricsSink told = sink == null ? MetricsSink.none() : sink;
    for (int i = 0; i < options.instances; i++) {
      instances.add(Instance.start(i, options, servers, namespace, told, around));
    }
    this.bare = Clients.bare(servers.bedrock());
    this.outage = new Outage(options, servers, instances);
  }

  /** Ends the run early. {@link #run()} then reports what was measured so far. */
  void stop() {
    stopped.countDown();
  }

  /** Runs the load and returns its report. Blocks until the end. */
  Report run() throws InterruptedException {
    servers.command("bedrock delay " + options.delay.toMillis());
    servers.command("bedrock share " + options.bedrockFaultsPercent);
    servers.command("dynamodb share " + options.dynamoDbFaultsPercent);
    if (!options.warmUp.isZero()) {
      warmUp();
    }
    isMeasured = true;
    Pace pace = options.rate > 0 ? Pace.open(options.rate) : Pace.closed();
    long began = System.nanoTime();
    List<Thread> callers = callers(options.threads, pace);
    Thread breaking = options.outage.isEmpty() ? null : start("outage", outage);
    watch(began, pace);
    holdUpAndTakeHeap(began, pace); // while the callers' threads still exist
    pace.end();
    if (breaking != null) {
      breaking.interrupt();
      breaking.join(PATIENCE.toMillis());
    }
    await(callers);
    double seconds = (System.nanoTime() - began) / 1e9;
    Report report =
        new Report(options, figures, samples, outage, seconds - samples.heldSeconds(), sink);
    close();
    return report;
  }

  private void warmUp() throws InterruptedException {
    Pace pace = Pace.closed();
    List<Thread> callers = callers(Math.min(options.threads, WARMERS), pace);
    boolean unused = stopped.await(options.warmUp.toNanos(), TimeUnit.NANOSECONDS);
    pace.end();
    await(callers);
  }

  private List<Thread> callers(int count, Pace pace) {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Random random = new Random(isMeasured ? i : -1 - i); // avoids the warm-up's sequence
      callers.add(start("caller-" + i, () -> call(random, pace)));
    }
    return callers;
  }

  private void await(List<Thread> callers) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (Thread caller : callers) {
      caller.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      if (caller.isAlive()) {
        figures.failed("a call that never ended");
      }
    }
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Takes a sample each second until the end. */
  private void watch(long began, Pace pace) throws InterruptedException {
    long end = began + options.duration.toNanos();
    long nextHeap = began + options.gcEvery.toNanos();
    long last = began;
    long looked = 0;
    long hits = 0;
    boolean over = false;
    while (!over) {
      long left = Math.min(end - System.nanoTime(), TimeUnit.SECONDS.toNanos(1));
      over = stopped.await(Math.max(0, left), TimeUnit.NANOSECONDS);
      long now = System.nanoTime();
      over |= now >= end;
      if (now - last < SHORTEST_PART) {
        continue;
      }
      double seconds = (now - began) / 1e9;
      Histogram lately = figures.lately();
      long lookedNow = figures.looked();
      long hitsNow = figures.hits();
      Sample sample =
          new Sample(
              seconds,
              lately.getTotalCount() * 1e9 / Math.max(1, now - last),
              100.0 * (hitsNow - hits) / (lookedNow - looked),
              lately.getValueAtPercentile(99) / 1e3,
              samples.lastHeap(),
              Samples.threads(),
              Samples.files());
      samples.add(sample);
      print(sample);
      last = now;
      looked = lookedNow;
      hits = hitsNow;
      boolean isQuiet = outage.phase() == Phase.BEFORE || outage.phase() == Phase.AFTER;
      if (!over && now >= nextHeap && isQuiet) {
        nextHeap += options.gcEvery.toNanos();
        holdUpAndTakeHeap(began, pace);
        last += System.nanoTime() - now; // no call could run
      }
    }
  }

  private void holdUpAndTakeHeap(long began, Pace pace) {
    long from = System.nanoTime();
    gate.writeLock().lock();
    try {
      samples.takeHeap((System.nanoTime() - began) / 1e9);
    } finally {
      long held = System.nanoTime() - from;
      pace.held(held);
      samples.held(held);
      gate.writeLock().unlock();
    }
  }

  private void print(Sample sample) {
    progress.printf(
        Locale.ROOT,
        "%5.0f s %,8.0f calls/s  hits %5.1f %%  p99 %,8.1f ms  heap %4.0f MB  errors %d  wrong %d%n",
        sample.seconds(),
        sample.rate(),
        sample.hitRate(),
        sample.p99Millis(),
        sample.heapMegabytes(),
        Figures.sum(figures.errors().values()),
        Figures.sum(figures.wrong().values()));
  }

  private void call(Random random, Pace pace) {
    long number = pace.next();
    while (pace.await(number)) {
      gate.readLock().lock();
      try {
        if (!pace.isDue(number)) {
          continue; // calls were paused, so it is not due yet
        }
        if (isMeasured && callsLeft.getAndDecrement() <= 0) {
          stop();
          return;
        }
        call(random, pace.intended(number));
      } finally {
        gate.readLock().unlock();
      }
      number = pace.next();
    }
  }

  private void call(Random random, long intended) {
    Instance instance = instances.get(random.nextInt(instances.size()));
    if (Mix.chance(random, options.invalidationsPercent)) {
      invalidate(instance, mix.user(random));
      return;
    }
    Ask ask = mix.next(random);
    Phase phase = outage.phase();
    boolean isBare = Mix.chance(random, options.barePercent);
    boolean async = ask.operation().isStream() || random.nextBoolean();
    long notBefore =
        isBare ? 0 : checker.notBefore(ask.user(), instance.number(), System.nanoTime());
    try {
      Clients clients = isBare ? bare : instance.clients();
      Reply reply = async ? clients.askAsync(ask) : clients.ask(ask);
      Kind kind = isBare ? Kind.BARE : Kind.of(reply.outcome());
      if (isMeasured) {
        figures.answered(phase, kind, ask.operation().isStream(), System.nanoTime() - intended);
      }
      if (kind == Kind.WARM && phase == Phase.AFTER) {
        outage.warmHit();
      }
      String wrong = checker.wrong(ask.user(), ask.digest(), notBefore, reply.text(), kind.isHit());
      if (wrong != null) {
        figures.wrong(wrong + ", " + kind.title());
      }
    } catch (BedrockRuntimeException bedrocks) {
      figures.failedInBedrock(bedrocks.getClass().getSimpleName());
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      figures.failed(e.getClass().getSimpleName() + ", " + cause.getClass().getSimpleName());
    }
  }

  private void invalidate(Instance instance, String user) {
    long began = System.currentTimeMillis();
    boolean acknowledged = true;
    try {
      instance.cache().invalidate(CacheScope.user(user));
    } catch (SdkClientException notAcknowledged) {
      acknowledged = false; // expected while the table fails
    }
    checker.invalidated(user, instance.number(), began, System.nanoTime(), acknowledged);
    figures.invalidated(acknowledged);
  }

  private void close() {
    instances.forEach(Instance::close);
    bare.close();
    if (sink != null && cloudWatch != null) {
      sink.close();
      cloudWatch.close();
    }
  }
}
