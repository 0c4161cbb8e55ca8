package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.BedrockCacheBuilder;
import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CachingBedrockAsyncClient;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.ContextPropagation;
import com.gymcoach.bedrock.cache.HitVerification;
import com.gymcoach.bedrock.cache.SimulatedCaches;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.sim.History.Invalidated;
import com.gymcoach.bedrock.cache.sim.Schedule.Options;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;

/** A process: one cache and its clients, over the store that all share. */
final class SimInstance {
  private final int number;
  private final EventLoop loop;
  private final History history;
  private final Coverage coverage;
  private final SimClock clock;
  private final BedrockCache cache;
  private final @Nullable CachingBedrockAsyncClient[] clients = new CachingBedrockAsyncClient[2];

  /** When each fault struck last. */
  private final Map<Fault, Long> struck = new EnumMap<>(Fault.class);

  private final Set<Fence> kept = new HashSet<>();

  /** The invalidations under way. */
  private final List<Activity> invalidations = new ArrayList<>();

  private boolean executorRefuses;
  private boolean sinkThrows;
  private @Nullable Fault storeDown;
  private boolean closed;
  private boolean off;

  SimInstance(
      int number,
      Options options,
      EventLoop loop,
      History history,
      Coverage coverage,
      SimStore store,
      RandomGenerator random) {
    this.number = number;
    this.loop = loop;
    this.history = history;
    this.coverage = coverage;
    long skew = options.skewed() ? random.nextLong(-60_000_000_000L, 60_000_000_000L) : 0;
    this.clock = new SimClock(loop, skew);
    this.cache =
        SimulatedCaches.build(
            builder(options, store),
            new Environment(
                clock, executor(true), executor(false), loop.timers(), new Randomness(random)));
  }

  private CachingBedrockAsyncClient client(int client) {
    CachingBedrockAsyncClient made = clients[client];
    if (made == null) {
      made = CachingBedrockAsyncClient.create(new SimBedrock(loop, history, client), cache);
      clients[client] = made;
    }
    return made;
  }

  private BedrockCacheBuilder builder(Options options, SimStore store) {
    BedrockCacheBuilder builder =
        BedrockCache.builder()
            .store(store.of(this))
            .ttlPolicy(
                TtlPolicy.fixed(options.ttl())
                    .withJitter(options.jitter())
                    .withStaleWhileRevalidate(options.staleWhileRevalidate())
                    .withStaleIfError(options.staleIfError()))
            .cachePolicy(new Policy(options))
            .invalidationDelay(options.invalidationDelay())
            .maxUnverified(Schedule.MAX_UNVERIFIED)
            .hotMaxBytes(options.noMemory() ? 0 : 1 << 20)
            .keyMemoMaxBytes(1 << 14)
            .finishAbandonedStreams(options.finishesAbandoned())
            .explains(options.explains() ? 20 : 0)
            .metricsSink(new Sink())
            .contextPropagation(propagation());
    if (!options.compresses()) {
      builder.compressor(Compressor.none());
    }
    if (options.verifies()) {
      builder.verifyHits(
          HitVerification.ofPercent(100).withCallsPerHour(1_000).withBackground(true));
    }
    if (options.observes() && number == 0) {
      builder.mode(CacheMode.OBSERVE).observeFleet(true);
    }
    if (options.liveSettings()) {
      builder.liveSettingsFromStore();
    }
    return builder;
  }

  private record Policy(Options options) implements CachePolicy {
    @Override
    public boolean serveBothForms(CallContext call) {
      return options.bothForms();
    }

    @Override
    public boolean cacheEmbeddingsByText(CallContext call) {
      return options.byText();
    }
  }

  /** Carries the caller to the call to Bedrock, unless that is made in the background. */
  private ContextPropagation propagation() {
    return () -> {
      Activity caller = loop.activity();
      return task -> {
        Activity current = loop.activity();
        boolean isBackground = current != null && current.isBackground();
        loop.as(caller != null && isBackground ? caller.inBackground() : caller, task);
      };
    };
  }

  /**
   * Returns an executor. One for the background may refuse tasks; the other never does, because the
   * library starts a thread instead.
   */
  private Executor executor(boolean background) {
    Executor threads = loop.executor();
    return task -> {
      Activity activity = loop.activity();
      if (activity != null && activity.phase() == null) {
        activity.enters(Phase.SERVE); // nothing else uses an executor before anybody is asked
      }
      if (executorRefuses) {
        coverage.hit(Fault.EXECUTOR_REFUSES, activity);
        struck(Fault.EXECUTOR_REFUSES);
        if (background) {
          throw new RejectedExecutionException("full");
        }
      }
      Activity whose = background && activity != null ? activity.inBackground() : activity;
      loop.as(whose, () -> threads.execute(task));
    };
  }

  private final class Sink implements MetricsSink {
    @Override
    public void record(CacheEvent event) {
      Activity activity = loop.activity();
      if (activity != null && activity.phase() == null) {
        activity.enters(Phase.SERVE); // it has asked neither the store nor Bedrock
      }
      throwMaybe();
    }

    @Override
    public void invalidated(String endpoint, long entries) {
      throwMaybe();
    }

    @Override
    public void fault(String endpoint, CacheFault fault) {
      throwMaybe();
    }

    private void throwMaybe() {
      if (sinkThrows) {
        coverage.hit(Fault.SINK_THROWS, loop.activity());
        struck(Fault.SINK_THROWS);
        throw new IllegalStateException("The sink is broken");
      }
    }
  }

  /**
   * Keeps the fences of a caller from being collected: when that happens depends on the JVM, and
   * the same seed would not always run the same way.
   */
  void keepFences(Caller caller) {
    CacheScope scope = caller.question().scope();
    Fences fences = SimulatedCaches.fences(cache);
    for (Partition partition : scope.partitions("default", null)) {
      kept.add(fences.of(partition, Question.endpoint(caller.question().endpoint())));
    }
  }

  /** Records that a fault has struck this instance. */
  void struck(Fault fault) {
    struck.put(fault, loop.now());
  }

  /** Records a fault that strikes this instance, and with it all that it is doing. */
  private void strike(Fault fault) {
    struck(fault);
    for (Caller caller : history.callers()) {
      if (caller.instance() == number && caller.hasBegun() && !caller.hasEnded()) {
        coverage.hit(fault, caller);
      }
    }
    for (Asked asked : history.calls()) {
      if (asked.isBackground() && asked.caller().instance() == number && !asked.hasEnded()) {
        coverage.hit(fault, Phase.BACKGROUND, asked.caller().operation());
      }
    }
    for (Activity invalidation : invalidations) {
      coverage.hit(fault, invalidation);
    }
  }

  /** Returns when a fault struck last, or -1. */
  long struckAt(Fault fault) {
    return struck.getOrDefault(fault, -1L);
  }

  void ask(Caller caller) {
    if (closed || off) {
      caller.mustBypass();
    }
    loop.as(
        caller,
        () -> caller.ask(client(caller.question().client()).forScope(caller.question().scope())));
  }

  void invalidate(int user, int endpoint) {
    history.disturb();
    CacheScope scope = Question.scope(user);
    CacheScope of = endpoint < 0 ? scope : scope.endpoint(Question.endpoint(endpoint));
    long began = loop.now();
    loop.log(() -> this + " invalidates user " + user + ", endpoint " + endpoint);
    Activity activity = new Activity(Operation.INVALIDATE, number);
    invalidations.add(activity);
    boolean[] acknowledged = {true};
    loop.as(
        activity,
        () -> {
          try {
            SimulatedCaches.invalidate(cache, of, new PumpingWait(loop));
          } catch (SdkClientException refused) { // the caller is told to try again
            acknowledged[0] = false;
          }
        });
    invalidations.remove(activity);
    loop.log(() -> this + " has invalidated, acknowledged: " + acknowledged[0]);
    history.add(
        new Invalidated(
            number, user, endpoint, began, loop.now(), loop.nextOrder(), acknowledged[0]));
  }

  void jump(long millis) {
    loop.log(() -> this + " wall clock jumps by " + millis + " ms");
    strike(millis < 0 ? Fault.CLOCK_BACK : Fault.CLOCK_FORWARD);
    clock.jump(millis * 1_000_000);
  }

  void close() {
    loop.log(() -> this + " closes");
    if (!closed) {
      strike(Fault.CLOSED);
      closed = true;
      cache.close();
    }
  }

  void forget() {
    loop.log(() -> this + " forgets");
    history.disturb();
    cache.beforeCheckpoint();
    cache.afterRestore();
  }

  void switchOff(boolean isOff) {
    loop.log(() -> this + (isOff ? " is switched off" : " is switched on"));
    if (isOff && !closed) {
      strike(Fault.SWITCHED_OFF);
    }
    off = isOff;
    cache.mode(isOff ? CacheMode.OFF : CacheMode.ON);
  }

  void weather(boolean refuses, boolean sinkFails, @Nullable Fault down) {
    loop.log(
        () -> this + " executor refuses: " + refuses + ", sink throws: " + sinkFails + ", " + down);
    executorRefuses = refuses;
    sinkThrows = sinkFails;
    storeDown = down;
    if (down != null) {
      history.disturb();
    }
  }

  /** Returns what the store does to every request of this instance, or null. */
  @Nullable Fault storeDown() {
    return storeDown;
  }

  SimClock clock() {
    return clock;
  }

  BedrockCache cache() {
    return cache;
  }

  int number() {
    return number;
  }

  @Override
  public String toString() {
    return "instance " + number;
  }
}
