package com.gymcoach.bedrock.cache.internal.client;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads on which async calls go on that waited too long. None while none does. */
public final class TimeoutThreads implements Executor {
  /** For all caches of the process. */
  public static final TimeoutThreads INSTANCE = new TimeoutThreads();

  private static final int MOST = 8;

  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          MOST,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "bedrock-cache-timeout");
            thread.setDaemon(true);
            return thread;
          });

  private TimeoutThreads() {}

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }
}
