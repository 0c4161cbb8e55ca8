package com.gymcoach.bedrock.cache.spi;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads on which a store makes calls that block. */
public final class StoreThreads {
  private static final int THREADS = 8;
  private static final int WAITING = 256;

  private StoreThreads() {}

  /**
   * Returns up to eight daemon threads, none of which exists before it is needed, with up to 256
   * calls waiting. What they cannot take is refused at once with a {@link StoreBusyException}: a
   * refused look-up is a miss.
   */
  public static ExecutorService create(String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            },
            (task, full) -> {
              throw new StoreBusyException();
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
