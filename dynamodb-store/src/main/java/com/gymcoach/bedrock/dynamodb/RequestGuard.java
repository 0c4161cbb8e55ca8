package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.StoreUnavailableException;
import com.gymcoach.bedrock.cache.spi.TimeSource;
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
 * The way of look-ups to the table, or of writes: past the limit of their partition and the
 * breaker, then to the store's threads. A call's budget begins when it is made: until then it waits
 * for our own threads, which says nothing of the table. A call that has taken longer than that has
 * failed, even if its future never completes. Thread-safe.
 */
final class RequestGuard {
  private final Budget budget;
  private final boolean isForTheCaller;
  private final PartitionBulkhead limit;
  private final Breaker breaker;
  private final TimeSource time;

  /** The calls made, the oldest first; those that have ended go when they are the oldest. */
  private final Queue<Pending> made = new ConcurrentLinkedQueue<>();

  /**
   * Returns a lane.
   *
   * @param isForTheCaller whether a call is for nothing once its caller has waited in vain: a late
   *     look-up is, a late write still keeps an answer that has been paid for
   */
  RequestGuard(
      Budget budget,
      boolean isForTheCaller,
      PartitionBulkhead limit,
      Breaker breaker,
      TimeSource time) {
    this.budget = budget;
    this.isForTheCaller = isForTheCaller;
    this.limit = limit;
    this.breaker = breaker;
    this.time = time;
  }

  /**
   * Has a call made, or refuses it with a {@link StoreBusyException} or a {@link
   * StoreUnavailableException}. Whose look-up is to try the table again is refused as well, and the
   * call made behind his back: most of these fail, and by waiting. A write is waited for all the
   * same: it is the last thing that its caller does, and where a process is frozen when it has
   * answered it would never end.
   *
   * @param call hands the call to the threads that make it, with the gate to go through there
   * @param trouble returns why a reply counts as a failure of the table although it came, or null
   */
  <T> CompletableFuture<T> go(
      Partition partition,
      Function<DynamoDbCalls.BeforeSend, CompletableFuture<T>> call,
      Function<T, @Nullable Throwable> trouble) {
    endOverdue();
    if (!limit.enter(partition)) {
      return CompletableFuture.failedFuture(new StoreBusyException());
    }
    Breaker.Permit leave = breaker.ask();
    if (leave == Breaker.Permit.NONE) {
      limit.leave(partition);
      return CompletableFuture.failedFuture(new StoreUnavailableException());
    }
    Pending pending = new Pending(partition, leave);
    CompletableFuture<T> reply =
        call.apply(pending)
            .whenComplete(
                (value, failure) -> pending.end(failure != null ? failure : trouble.apply(value)));
    return pending.isBehindItsCallersBack()
        ? CompletableFuture.failedFuture(new StoreUnavailableException())
        : reply;
  }

  /**
   * A call that hangs is found out by the next one: a timer for each would cost more than all else
   * that is done here.
   */
  private void endOverdue() {
    long ordinary = budget.ordinary().toNanos();
    for (Iterator<Pending> calls = made.iterator(); calls.hasNext(); ) { // the oldest first
      Pending each = calls.next();
      if (each.ended.get() || each.isOverdue()) {
        calls.remove();
        each.end(new TimeoutException());
      } else if (each.budgetNanos <= ordinary) {
        return; // none that is younger is overdue
      }
    }
  }

  /** Returns how long a call may take that is made now. */
  Duration currentBudget() {
    endOverdue(); // of which the first changes it
    return budget.current();
  }

  /** A call that has not ended, or whose end has not been noticed. */
  private final class Pending implements DynamoDbCalls.BeforeSend {
    private final Partition partition;
    private final Breaker.Permit leave;
    private final long asked = time.nanoTime();
    private final long budgetNanos = budget.current().toNanos();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile boolean isMade;
    private volatile long begun;

    Pending(Partition partition, Breaker.Permit leave) {
      this.partition = partition;
      this.leave = leave;
    }

    @Override
    public <T> CompletableFuture<T> pass(Supplier<CompletableFuture<T>> call) {
      begun = time.nanoTime();
      if (isForTheCaller && leave == Breaker.Permit.CALL && begun - asked >= budgetNanos) {
        return CompletableFuture.failedFuture(StoreBusyException.afterWaiting());
      }
      isMade = true;
      made.add(this);
      return call.get();
    }

    boolean isBehindItsCallersBack() {
      return isForTheCaller && leave == Breaker.Permit.PROBE;
    }

    boolean isOverdue() {
      return time.nanoTime() - begun >= budgetNanos;
    }

    /** Counts once, whoever notices first. */
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
          breaker.note(leave, late && failure == null ? new TimeoutException() : failure);
        }
      }
    }
  }
}
