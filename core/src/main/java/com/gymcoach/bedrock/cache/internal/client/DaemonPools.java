package com.gymcoach.bedrock.cache.internal.client;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads of all caches of the process, for what a caller's own cannot do. None while idle. */
public final class DaemonPools implements Executor {
  /**
   * Those on which async calls go on. What callers do there may take its time, and must not hold up
   * another caller: there are as many as it takes.
   */
  public static final DaemonPools CALLERS =
      new DaemonPools("bedrock-cache-caller", Integer.MAX_VALUE);

  /** Those that ask for stale answers anew; few, for nobody waits for them. */
  public static final DaemonPools REVALIDATION = new DaemonPools("bedrock-cache-revalidation", 8);

  private final ThreadPoolExecutor threads;

  private DaemonPools(String name, int most) {
    threads =
        new ThreadPoolExecutor(
            0,
            most,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }
}
