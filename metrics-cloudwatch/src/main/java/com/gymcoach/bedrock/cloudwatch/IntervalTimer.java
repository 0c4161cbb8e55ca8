package com.gymcoach.bedrock.cloudwatch;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Runs a task at each interval. */
interface IntervalTimer {
  /**
   * Starts running the task, which must not throw. Returns an action that stops it without waiting.
   */
  Runnable every(Duration interval, Runnable task);

  /** Returns a timer with its own daemon thread. */
  static IntervalTimer thread() {
    return (interval, task) -> {
      ScheduledThreadPoolExecutor executor =
          new ScheduledThreadPoolExecutor(
              1,
              run -> {
                Thread thread = new Thread(run, "bedrock-cache-cloudwatch");
                thread.setDaemon(true);
                return thread;
              });
      executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
      // A fixed delay, not a fixed rate: after a freeze, missed runs are not made up for.
      var ticking =
          executor.scheduleWithFixedDelay(
              task, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
      return () -> {
        ticking.cancel(false);
        executor.shutdown();
      };
    };
  }
}
