package com.gymcoach.bedrock.cache.spi.store;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The thread pools on which stores make blocking calls, and the context of a call there. */
public final class StoreThreads {
  private static final int THREADS = 8;
  private static final int WAITING = 256;

  private StoreThreads() {}

  /**
   * Returns a pool of up to eight daemon threads, created on demand, with a queue of up to 256
   * calls. If the queue is full, a call is rejected immediately with a {@link StoreBusyException};
   * a rejected look-up is a miss.
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

  /**
   * Makes a call on this thread, in the context of {@link CacheStore#read(StoreQuery, Executor)}.
   * What is done with the result is outside the context, such as the code of the cache's caller.
   */
  public static <T> T callIn(Executor context, Supplier<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.execute(() -> result.complete(call.get()));
    return result.join(); // it is there: the context has run the task
  }
}
