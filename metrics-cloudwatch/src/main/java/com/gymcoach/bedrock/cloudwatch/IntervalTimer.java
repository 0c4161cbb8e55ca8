package com.gymcoach.bedrock.cloudwatch;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** What calls at each interval. */
interface IntervalTimer {
  /** Begins to call; the task must not throw. Returns what ends it, without waiting. */
  Runnable every(Duration interval, Runnable task);

  /** Returns ticks from a daemon thread of their own. */
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
      // A delay rather than a rate: after a freeze, the ticks missed are not made up for.
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
