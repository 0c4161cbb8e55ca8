package com.gymcoach.bedrock.cache.spi.store;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Guards a store's requests of one kind, such as look-ups or writes: a per-partition concurrency
 * limit, then the circuit breaker, then a time budget. A request's budget starts when it is sent,
 * not while it waits for a store thread, so a full pool is never mistaken for a slow backend. A
 * request that exceeds its budget counts as failed even if its future never completes.
 *
 * <p>The circuit breaker opens with a failure if at least half of the last 8 to 16 requests have
 * failed. Then requests are refused, apart from one probe per interval, until a probe succeeds. It
 * logs one line per interval.
 *
 * <pre>{@code
 * StoreGuard lookUps =
 *     StoreGuard.builder("Look-ups in my store", CacheStore.class) // your store's class
 *         .budget(Duration.ofMillis(50))
 *         .onlyForCaller(true)
 *         .build();
 * java.util.function.Function<StoreQuery, CompletionStage<StoreRead>> read =
 *     query ->
 *         lookUps.go(
 *             query.address().partition(),
 *             gate -> gate.pass(() -> store.read(query).toCompletableFuture()),
 *             found -> null);
 * }</pre>
 *
 * <p>Invalidations are best sent past the guard, so that they reach a backend that works for them.
 * Thread-safe.
 */
public final class StoreGuard {
  /** The breaker opens at the earliest after this number of requests. */
  public static final int MIN_CALLS = Circuit.MIN_CALLS;

  /** After this number of answers the ordinary budget applies. */
  public static final int FIRST_ANSWERS = Budget.FIRST_ANSWERS;

  private final Budget budget;
  private final boolean onlyForCaller;
  private final Function<Throwable, StoreFailure> failures;
  private final PartitionBulkhead limit;
  private final Breaker breaker;
  private final TimeSource time;

  /** The requests sent, oldest first. A request that has ended is removed once it is the oldest. */
  private final Queue<Pending> made = new ConcurrentLinkedQueue<>();

  StoreGuard(Builder from, Budget budget) {
    this.budget = budget;
    this.onlyForCaller = from.onlyForCaller;
    this.failures = from.failures;
    this.limit = new PartitionBulkhead(from.maxCallsPerPartition);
    this.breaker = new Breaker(from);
    this.time = from.timeSource;
  }

  /**
   * Returns a builder. Every setting has a default.
   *
   * @param what names the kind of request and the backend, as the start of a sentence in the log:
   *     "Look-ups in the table answers"
   * @param store the store's class, whose name the logger has
   */
  public static Builder builder(String what, Class<?> store) {
    return new Builder(what, store);
  }

  /**
   * Sends a call, or refuses it with a {@link StoreBusyException} or a {@link
   * StoreUnavailableException}. A look-up that is a probe runs in the background and fails fast for
   * its caller, because most probes time out. A probe write is waited for: it is its caller's last
   * action, and if the process is frozen once it has answered, a background write would never end.
   *
   * @param call sends the request, on this thread or another, once it has passed the check there
   * @param trouble returns why a reply that arrived counts as a failure of the backend, or null
   */
  public <T> CompletableFuture<T> go(
      Partition partition,
      Function<BeforeSend, CompletableFuture<T>> call,
      Function<T, @Nullable Throwable> trouble) {
    endOverdue();
    if (!limit.enter(partition)) {
      return CompletableFuture.failedFuture(new StoreBusyException());
    }
    Breaker.Permit permit = breaker.ask();
    if (permit == Breaker.Permit.NONE) {
      limit.leave(partition);
      return CompletableFuture.failedFuture(new StoreUnavailableException());
    }
    Pending pending = new Pending(partition, permit);
    CompletableFuture<T> reply =
        made(call, pending)
            .whenComplete(
                (value, failure) -> pending.end(failure != null ? failure : trouble.apply(value)));
    return pending.runsInBackground()
        ? CompletableFuture.failedFuture(new StoreUnavailableException())
        : reply;
  }

  /** A call that throws has failed as one whose future fails: its place must be given back. */
  private static <T> CompletableFuture<T> made(
      Function<BeforeSend, CompletableFuture<T>> call, BeforeSend gate) {
    try {
      return Objects.requireNonNull(call.apply(gate), "The store returned null");
    } catch (Throwable thrown) {
      return CompletableFuture.failedFuture(thrown);
    }
  }

  /**
   * Ends overdue requests. Each request does this for its predecessors: a timer per request would
   * cost more than everything else done here.
   */
  private void endOverdue() {
    long ordinary = budget.ordinary().toNanos();
    for (Iterator<Pending> calls = made.iterator(); calls.hasNext(); ) { // oldest first
      Pending each = calls.next();
      if (each.ended.get() || each.isOverdue()) {
        calls.remove();
        each.end(new TimeoutException());
      } else if (each.budgetNanos <= ordinary) {
        return; // no younger one is overdue
      }
    }
  }

  /** Returns whether the circuit breaker is closed. */
  public boolean isAvailable() {
    return !breaker.isOpen();
  }

  /** Returns the budget of a request made now. */
  public Duration currentBudget() {
    endOverdue(); // an overdue first request ends the longer budget
    return budget.current();
  }

  /** Returns whether the longer budget of the first requests applies. */
  public boolean isWarmingUp() {
    return budget.isFirst();
  }

  /** A request that has not ended, or whose end has not been noticed. */
  private final class Pending implements BeforeSend {
    private final Partition partition;
    private final Breaker.Permit permit;
    private final long asked = time.nanoTime();
    private final long budgetNanos = budget.current().toNanos();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean isMade;
    private volatile long begun;

    Pending(Partition partition, Breaker.Permit permit) {
      this.partition = partition;
      this.permit = permit;
    }

    @Override
    public <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> call) {
      begun = time.nanoTime();
      if (onlyForCaller && permit == Breaker.Permit.CALL && begun - asked >= budgetNanos) {
        return CompletableFuture.failedFuture(StoreBusyException.afterWaiting());
      }
      isMade = true;
      made.add(this);
      return call.get();
    }

    @Override
    public boolean isProbe() {
      return permit == Breaker.Permit.PROBE;
    }

    boolean runsInBackground() {
      return onlyForCaller && isProbe();
    }

    boolean isOverdue() {
      return time.nanoTime() - begun >= budgetNanos;
    }

    /** Records the outcome once, whether the reply or the overdue check comes first. */
    void end(@Nullable Throwable failure) {
      if (ended.compareAndSet(false, true)) {
        limit.leave(partition);
        if (isMade) {
          boolean late = isOverdue();
          if (late) {
            budget.usedUp();
          } else if (failure == null) {
            budget.answered();
          }
          StoreFailure kind =
              classified(late && failure == null ? new TimeoutException() : failure);
          if (late || kind == null || kind.kind() != StoreFailure.Kind.UNRELATED) {
            breaker.note(permit, kind);
          }
        }
      }
    }
  }

  private @Nullable StoreFailure classified(@Nullable Throwable failure) {
    if (failure == null) {
      return null;
    }
    Throwable bare =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return failures.apply(bare);
  }

  /** Builds a {@link StoreGuard}. Not thread-safe. */
  public static final class Builder {
    final String what;
    final Class<?> store;
    Duration budget = CacheStore.DEFAULT_READ_BUDGET;
    Duration firstBudget = Duration.ZERO;
    boolean onlyForCaller;
    int maxCallsPerPartition = 128;
    Duration probeInterval = Duration.ofSeconds(5);
    Duration longProbeInterval = Duration.ofMinutes(5);
    BooleanSupplier mayProbe = () -> true;
    Function<Throwable, StoreFailure> failures = StoreFailure::ordinary;
    TimeSource timeSource = TimeSource.system();

    private Builder(String what, Class<?> store) {
      this.what = Objects.requireNonNull(what, "what");
      this.store = Objects.requireNonNull(store, "store");
    }

    /** Sets the time after which a request counts as failed. Defaults to 50 ms. */
    public Builder budget(Duration budget) {
      this.budget = Objects.requireNonNull(budget, "budget");
      return this;
    }

    /**
     * Sets the budget of a process's first requests, which load classes and open connections. It
     * ends after 50 answers, or with the first request that exceeds it. If it is not longer than
     * {@link #budget}, as by default, it has no effect.
     */
    public Builder firstBudget(Duration firstBudget) {
      this.firstBudget = Objects.requireNonNull(firstBudget, "firstBudget");
      return this;
    }

    /**
     * Sets whether a result is useless after the caller's budget has passed. Defaults to false.
     * That is true of a late look-up: one that waited too long for a thread is not sent, and a
     * probe runs in the background. A late write still keeps an answer that has been paid for.
     */
    public Builder onlyForCaller(boolean onlyForCaller) {
      this.onlyForCaller = onlyForCaller;
      return this;
    }

    /** Sets the largest number of concurrent requests per partition. Defaults to 128. */
    public Builder maxCallsPerPartition(int maxCallsPerPartition) {
      this.maxCallsPerPartition = maxCallsPerPartition;
      return this;
    }

    /** Sets the time between probes while the breaker is open. Defaults to 5 s. */
    public Builder probeInterval(Duration probeInterval) {
      this.probeInterval = Objects.requireNonNull(probeInterval, "probeInterval");
      return this;
    }

    /**
     * Sets the time without requests after a {@linkplain StoreFailure.Kind#PERMANENT permanent}
     * failure. Defaults to 5 minutes.
     */
    public Builder longProbeInterval(Duration longProbeInterval) {
      this.longProbeInterval = Objects.requireNonNull(longProbeInterval, "longProbeInterval");
      return this;
    }

    /**
     * Sets whether there is a thread to spare for a probe that may hang. Defaults to always. Must
     * not block.
     */
    public Builder mayProbe(BooleanSupplier mayProbe) {
      this.mayProbe = Objects.requireNonNull(mayProbe, "mayProbe");
      return this;
    }

    /**
     * Sets how failures are named and counted. It gets the cause of a {@link CompletionException}.
     * Defaults to {@link StoreFailure#ordinary}.
     */
    public Builder failures(Function<Throwable, StoreFailure> failures) {
      this.failures = Objects.requireNonNull(failures, "failures");
      return this;
    }

    /** Sets the clock, for tests. Defaults to the system clock. */
    public Builder timeSource(TimeSource timeSource) {
      this.timeSource = Objects.requireNonNull(timeSource, "timeSource");
      return this;
    }

    /**
     * Returns the guard, with a closed breaker.
     *
     * @throws IllegalArgumentException if {@code maxCallsPerPartition} is less than 1, or a budget
     *     or interval is not positive
     */
    public StoreGuard build() {
      require(maxCallsPerPartition > 0, "maxCallsPerPartition", maxCallsPerPartition);
      require(isPositive(budget), "budget", budget);
      require(isPositive(probeInterval), "probeInterval", probeInterval);
      require(isPositive(longProbeInterval), "longProbeInterval", longProbeInterval);
      return new StoreGuard(this, Budget.of(firstBudget, budget));
    }

    private static boolean isPositive(Duration duration) {
      return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean good, String what, Object value) {
      if (!good) {
        throw new IllegalArgumentException(what + " is " + value + ": choose more than zero");
      }
    }
  }
}
