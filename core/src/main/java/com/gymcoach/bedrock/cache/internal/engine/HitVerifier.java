package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.call.Blocking;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.compare.Comparison;
import com.gymcoach.bedrock.cache.internal.env.OffCallersThread;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.stats.VerifiedStats;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Asks Bedrock again for some of the hits, away from their callers, and counts how alike the
 * answers are. The new answers are compared and dropped: no caller gets them, and nothing is kept.
 * Whatever fails here is counted and reaches no caller. Thread-safe.
 */
public final class HitVerifier {
  /**
   * The most checks held, each with a request and an answer: those that wait and those that run.
   */
  static final int MAX_HELD = 16;

  /**
   * The largest answer that is verified, as its heap size in bytes: comparing takes many times as
   * much.
   */
  static final int MAX_BYTES = 256 << 10;

  /** The most calls to Bedrock at a time. */
  static final int MAX_AT_ONCE = 2;

  private final Settings.Verifying settings;
  private final TimeSource time;
  private final RandomGenerator random;
  private final Executor executor;
  private final StatsRecorder recorder;
  private final HitBudget budget;
  private final VerifiedStats stats;
  private final Queue<HitCheck<?, ?>> waiting = new ConcurrentLinkedQueue<>();
  private final Set<HitCheck<?, ?>> held = ConcurrentHashMap.newKeySet();
  private final Semaphore places = new Semaphore(MAX_HELD);
  private final Semaphore lines = new Semaphore(MAX_AT_ONCE);
  private final AtomicInteger flushes = new AtomicInteger();
  private volatile long flushedUntil;
  private volatile boolean closed;
  private volatile BooleanSupplier isOn = () -> true;

  private HitVerifier(Settings.Verifying settings, Parts parts) {
    this.settings = settings;
    this.time = parts.environment().time();
    this.random = parts.environment().random();
    this.executor = new OffCallersThread(parts.environment().background());
    this.recorder = parts.recorder();
    this.budget = new HitBudget(time, settings.callsPerHour(), settings.usdPerHour());
    this.stats = new VerifiedStats(settings.percent());
  }

  /** Returns the verifier of a cache, or null if the service did not ask for one. */
  static @Nullable HitVerifier of(Parts parts) {
    Settings.Verifying settings = parts.settings().rollout().verifying();
    return settings == null ? null : new HitVerifier(settings, parts);
  }

  /** Makes calls only while the cache is on. */
  public void onlyWhile(BooleanSupplier on) {
    isOn = on;
  }

  public VerifiedStats stats() {
    return stats;
  }

  /**
   * Decides at random whether a hit is verified. Never one whose caller wants no call to Bedrock.
   */
  boolean picks(Plan.Lookup plan) {
    return !closed
        && random.nextDouble() * 100 < settings.percent()
        && plan.control().directive() != Directive.ONLY_IF_CACHED;
  }

  /**
   * Verifies a hit later, if the budget allows it and there is a place. Must be called on the
   * thread that serves the hit. Never throws.
   *
   * @param hit returns the hit's exchange; called at most once, before this returns
   * @param served the answer that the caller got
   */
  <Q extends AwsRequest, R> void verify(
      CallContext context, Supplier<Exchange<Q, R>> hit, HotEntry served) {
    try {
      giveUpOverdue();
      forgetInvalidated(); // also what another process has invalidated
      if (served.answer().weight() > MAX_BYTES
          || !budget.allows(served.usd())
          || !places.tryAcquire()) {
        stats.skipped(context.endpoint());
        return;
      }
      hold(context, hit, served);
      if (closed) { // closed since it was picked
        forgetInvalidated();
      }
      start();
    } catch (Throwable broken) { // such as a stack overflow: the caller must get its answer
      noted(broken);
    }
  }

  private <Q extends AwsRequest, R> void hold(
      CallContext context, Supplier<Exchange<Q, R>> hit, HotEntry served) {
    try {
      HitCheck<Q, R> check = new HitCheck<>(hit.get(), served, time);
      held.add(check);
      waiting.add(check);
    } catch (Throwable broken) {
      places.release();
      stats.failed(context.endpoint());
      throw broken;
    }
  }

  /** Makes calls as long as there are checks that wait and lines that are free. */
  private void start() {
    while (mayCall() && lines.tryAcquire()) {
      HitCheck<?, ?> next = next();
      if (next != null) {
        begin(next);
      } else {
        lines.release();
        if (waiting.isEmpty()) { // otherwise one has just come
          return;
        }
      }
    }
  }

  /** Returns whether calls may begin now. */
  private boolean mayCall() {
    return !closed && isOn.getAsBoolean() && (settings.inBackground() || flushes.get() > 0);
  }

  /** Returns the next check that is worth its money, or null if none waits. */
  private @Nullable HitCheck<?, ?> next() {
    for (HitCheck<?, ?> check = waiting.poll(); check != null; check = waiting.poll()) {
      if (check.stands() && budget.take(check.expectedUsd())) {
        return check;
      }
      skip(check);
    }
    return null;
  }

  private void begin(HitCheck<?, ?> check) {
    check.begin();
    try {
      executor.execute(() -> ask(check));
    } catch (Throwable rejected) { // Errors too: running out of threads is one
      noted(rejected);
      skip(check);
    }
  }

  private <Q extends AwsRequest, R> void ask(HitCheck<Q, R> check) {
    if (!mayCall() || !check.stands()) { // the executor has taken its time
      skip(check);
      return;
    }
    try {
      CompletableFuture<Result<R>> call = WaitStrategy.plain(check.ask(timeLeft()));
      // An async client completes its future on a thread that serves others too.
      CompletableFuture<@Nullable Void> judged =
          call.isDone()
              ? call.thenAccept(result -> judge(check, result))
              : call.thenAcceptAsync(result -> judge(check, result), executor);
      CompletableFuture<?> unused =
          judged.whenComplete((nothing, broken) -> failUnlessEnded(check, broken));
    } catch (Throwable broken) {
      failUnlessEnded(check, broken);
    }
  }

  private @Nullable Duration timeLeft() {
    return settings.inBackground()
        ? null
        : Duration.ofNanos(Math.max(1_000_000, flushedUntil - time.nanoTime()));
  }

  private <Q extends AwsRequest, R> void judge(HitCheck<Q, R> check, Result<R> result) {
    R response = result.valueOrNull();
    pay(check, response);
    if (response == null || !check.call().operation().isWhole(response)) {
      failUnlessEnded(check, result.failure());
    } else if (!check.stands()) {
      skip(check);
    } else {
      compare(check, response);
    }
  }

  private <Q extends AwsRequest, R> void compare(HitCheck<Q, R> check, R response) {
    try {
      Comparison comparison = check.compare(response);
      if (check.claimEnd()) {
        stats.compared(check.endpoint(), comparison);
        release(check);
      }
    } catch (Throwable broken) { // an answer may nest too deep, or be of an unknown form
      failUnlessEnded(check, broken);
    }
  }

  /** Records what a call cost, whatever becomes of its answer. */
  private <Q extends AwsRequest, R> void pay(HitCheck<Q, R> check, @Nullable R response) {
    Exchange<Q, R> call = check.call();
    CallRecord log = call.log();
    double usd = StatsRecorder.UNKNOWN;
    if (response != null) {
      log.usage(call.operation().usage(response));
      usd = recorder.usd(call.context(), call.operation(), response, log);
      budget.settle(check.expectedUsd(), usd);
      stats.cost(check.endpoint(), usd);
    }
    recorder.background(call.context(), usd, log, HitCheck.outcome(), response == null);
  }

  private void failUnlessEnded(HitCheck<?, ?> check, @Nullable Throwable failure) {
    if (check.claimEnd()) {
      stats.failed(check.endpoint());
      if (failure != null) {
        noted(failure);
      }
      release(check);
    }
  }

  private void skip(HitCheck<?, ?> check) {
    if (check.claimEnd()) {
      stats.skipped(check.endpoint());
      release(check);
    }
  }

  /** Releases what a check that has ended held, and makes the next call. */
  private void release(HitCheck<?, ?> check) {
    held.remove(check);
    places.release();
    check.end();
    if (check.hasBegun()) {
      lines.release();
      start();
    }
  }

  /** Gives up calls that may never end, so that others can be made. */
  private void giveUpOverdue() {
    if (lines.availablePermits() == 0) {
      for (HitCheck<?, ?> check : held) {
        if (check.isOverdue()) {
          failUnlessEnded(check, null);
        }
      }
    }
  }

  private void noted(Throwable broken) {
    recorder.noted("verifying a hit", broken);
  }

  /** Drops the checks whose answer may no longer be served. */
  void forgetInvalidated() {
    for (HitCheck<?, ?> check : List.copyOf(waiting)) {
      if ((closed || !check.stands()) && waiting.remove(check)) { // else it is about to be made
        skip(check);
      }
    }
  }

  /** Makes no more calls. */
  void close() {
    closed = true;
  }

  /**
   * Makes the calls that wait, and waits until they have ended. Calls that a flush makes end with
   * it, unless calls are made in the background, too.
   *
   * @param limit the longest to wait
   */
  public void flush(Duration limit) {
    flushedUntil = time.nanoTime() + Lifetime.bounded(limit).toNanos();
    flushes.incrementAndGet();
    try {
      CompletableFuture<?>[] all =
          held.stream().map(HitCheck::ended).toArray(CompletableFuture<?>[]::new);
      start();
      CompletionStage<?> unused =
          Blocking.INSTANCE.within(Lifetime.bounded(limit), CompletableFuture.allOf(all));
    } finally {
      flushes.decrementAndGet();
    }
  }
}
