package com.gymcoach.bedrock.cache.internal.client;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Threads of all caches of the process, for what a caller's own cannot do. None while idle. */
public final class SpareThreads implements Executor {
  /** Those on which async calls go on that waited too long. */
  public static final SpareThreads TIMEOUTS = new SpareThreads("bedrock-cache-timeout");

  /** Those that ask for stale answers anew; apart, for a model takes seconds. */
  public static final SpareThreads REVALIDATION = new SpareThreads("bedrock-cache-revalidation");

  private static final int MOST = 8;

  private final ThreadPoolExecutor threads;

  private SpareThreads(String name) {
    threads =
        new ThreadPoolExecutor(
            0,
            MOST,
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
