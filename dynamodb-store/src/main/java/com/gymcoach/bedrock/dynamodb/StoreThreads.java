package com.gymcoach.bedrock.dynamodb;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads on which calls of a sync client run; none exists before it is needed. */
final class StoreThreads {
  private static final int THREADS = 8;
  private static final int WAITING = 256;

  private StoreThreads() {}

  /** Returns a pool that refuses at once what it cannot take: a refused look-up is a miss. */
  static ExecutorService create() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, "bedrock-cache-dynamodb");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
