package com.gymcoach.bedrock.cache.sim;

import com.gymcoach.bedrock.cache.internal.env.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Simulated time. Tasks run one at a time on the thread that runs the loop, in the order of their
 * time; tasks of the same time run in an order that the seed decides. A task belongs to the
 * activity that scheduled it, so the store and Bedrock know on whose behalf they are asked.
 */
final class EventLoop {
  private record Task(long at, int tie, long order, @Nullable Activity activity, Runnable work)
      implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(at, other.at);
      int byTie = byTime == 0 ? Integer.compare(tie, other.tie) : byTime;
      return byTie == 0 ? Long.compare(order, other.order) : byTie;
    }
  }

  private final RandomGenerator random;
  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private final @Nullable List<String> log;
  private long now;
  private long order;
  private int depth;
  private @Nullable Activity activity;

  /**
   * Creates a loop at time zero.
   *
   * @param logs whether what happens is written down
   */
  EventLoop(RandomGenerator random, boolean logs) {
    this.random = random;
    this.log = logs ? new ArrayList<>() : null;
  }

  /** Returns the simulated time in nanoseconds. */
  long now() {
    return now;
  }

  /** Returns a number that is larger for whatever happens later. */
  long nextOrder() {
    return ++order;
  }

  /** Returns how many waits are under way, one within the other. */
  int depth() {
    return depth;
  }

  @Nullable Activity activity() {
    return activity;
  }

  /** Runs a task on behalf of an activity, now. */
  void as(@Nullable Activity whose, Runnable task) {
    Activity before = activity;
    activity = whose;
    try {
      task.run();
    } finally {
      activity = before;
    }
  }

  /** Schedules a task on behalf of the current activity. */
  void after(long nanos, Runnable work) {
    tasks.add(new Task(now + Math.max(0, nanos), random.nextInt(), ++order, activity, work));
  }

  /** Runs tasks until a condition holds, none is left, or a time has come. */
  void runUntil(BooleanSupplier done, long deadline) {
    depth++;
    try {
      while (!done.getAsBoolean()) {
        Task next = tasks.peek();
        if (next == null || next.at() > deadline) {
          now = Math.max(now, deadline);
          return;
        }
        tasks.remove();
        now = Math.max(now, next.at());
        as(next.activity(), next.work());
      }
    } finally {
      depth--;
    }
  }

  /** Returns timers of simulated time. A cancelled one does nothing. */
  Timers timers() {
    return delay -> {
      CompletableFuture<Void> timer = new CompletableFuture<>();
      long nanos = delay.toNanos();
      if (nanos <= 0) {
        timer.complete(null);
      } else {
        after(nanos, () -> timer.complete(null));
      }
      return timer;
    };
  }

  /** Returns an executor that runs each task a little later. */
  Executor executor() {
    return task -> after(random.nextInt(200_000), task);
  }

  /** Writes down what happens, if anybody reads it. */
  void log(Supplier<String> line) {
    if (log != null) {
      log.add("%12.6f s  %s".formatted(now / 1e9, line.get()));
    }
  }

  List<String> logged() {
    return log == null ? List.of() : log;
  }
}
