package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.store.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.store.StoreUnavailableException;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Guards requests to the table, for reads or for writes: a per-partition concurrency limit, then
 * the circuit breaker, then the store's threads. A request's budget starts when it is sent, not
 * while it waits for a store thread, so a full pool is never mistaken for a slow table. A request
 * that exceeds its budget counts as failed even if its future never completes. Thread-safe.
 */
final class RequestGuard {
  private final Budget budget;
  private final boolean onlyForCaller;
  private final PartitionBulkhead limit;
  private final Breaker breaker;
  private final TimeSource time;

  /** The requests sent, oldest first. A request that has ended is removed once it is the oldest. */
  private final Queue<Pending> made = new ConcurrentLinkedQueue<>();

  /**
   * Returns a guard.
   *
   * @param onlyForCaller whether the result is useless after the caller's budget has passed. That
   *     is true of a late look-up; a late write still keeps an answer that has been paid for
   */
  RequestGuard(
      Budget budget,
      boolean onlyForCaller,
      PartitionBulkhead limit,
      Breaker breaker,
      TimeSource time) {
    this.budget = budget;
    this.onlyForCaller = onlyForCaller;
    this.limit = limit;
    this.breaker = breaker;
    this.time = time;
  }

  /**
   * Sends a call, or refuses it with a {@link StoreBusyException} or a {@link
   * StoreUnavailableException}. A look-up that is a probe runs in the background and fails fast for
   * its caller, because most probes time out. A probe write is waited for: it is its caller's last
   * action, and if the process is frozen once it has answered, a background write would never end.
   *
   * @param call hands the call to the store's threads, with the check to pass there
   * @param trouble returns why a reply that arrived counts as a failure of the table, or null
   */
  <T> CompletableFuture<T> go(
      Partition partition,
      Function<DynamoDbCalls.BeforeSend, CompletableFuture<T>> call,
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
        call.apply(pending)
            .whenComplete(
                (value, failure) -> pending.end(failure != null ? failure : trouble.apply(value)));
    return pending.runsInBackground()
        ? CompletableFuture.failedFuture(new StoreUnavailableException())
        : reply;
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
  boolean isAvailable() {
    return !breaker.isOpen();
  }

  /** Returns the budget of a call made now. */
  Duration currentBudget() {
    endOverdue(); // an overdue first request ends the longer budget
    return budget.current();
  }

  /** A request that has not ended, or whose end has not been noticed. */
  private final class Pending implements DynamoDbCalls.BeforeSend {
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
          if (late || !Failures.isOfAnInterrupt(failure)) {
            breaker.note(permit, late && failure == null ? new TimeoutException() : failure);
          }
        }
      }
    }
  }
}
