package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.StoreBusyException;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Keeps one user from taking the store for itself: a partition has only so many calls under way at
 * a time, and further ones are refused, not queued. One partition of DynamoDB serves 3,000 read
 * units a second, however large the table; what is beyond that would only be throttled.
 * Thread-safe.
 */
final class PartitionLimit {
  private final int most;
  private final long budgetNanos;
  private final TimeSource time;

  /** Until when each call under way counts: one that hangs must not keep its place for ever. */
  private final ConcurrentHashMap<Partition, Deque<Long>> underWay = new ConcurrentHashMap<>();

  /** Returns a limit; a call that has taken longer than its budget does not count any more. */
  PartitionLimit(int most, Duration budget, TimeSource time) {
    this.most = most;
    this.budgetNanos = budget.toNanos();
    this.time = time;
  }

  /** Makes a call, or refuses it with a {@link StoreBusyException}. */
  <T> CompletableFuture<T> guard(Partition partition, Supplier<CompletableFuture<T>> call) {
    if (!enter(partition)) {
      return CompletableFuture.failedFuture(new StoreBusyException());
    }
    return call.get().whenComplete((value, failure) -> leave(partition));
  }

  private boolean enter(Partition partition) {
    long now = time.nanoTime();
    boolean[] entered = {false};
    underWay.compute(
        partition,
        (same, present) -> {
          Deque<Long> deadlines = present == null ? new ArrayDeque<>(2) : present;
          while (!deadlines.isEmpty() && deadlines.peek() - now <= 0) {
            deadlines.remove();
          }
          if (deadlines.size() < most) {
            deadlines.add(now + budgetNanos);
            entered[0] = true;
          }
          return deadlines;
        });
    return entered[0];
  }

  /** Which of a partition's calls has ended does not matter: all count the same. */
  private void leave(Partition partition) {
    underWay.computeIfPresent(
        partition,
        (same, deadlines) -> {
          deadlines.poll();
          return deadlines.isEmpty() ? null : deadlines;
        });
  }
}
