package com.gymcoach.bedrock.cache.spi.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/** The thread pools on which stores make blocking calls, and the context of a call there. */
public final class StoreThreads {
  private static final int THREADS = 8;
  private static final int WAITING = 256;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  private StoreThreads() {}

  /**
   * Returns a pool of up to eight daemon threads, as {@link #create(String, int)} describes it. A
   * store whose calls have no time limit and no circuit breaker should not have more: when its
   * backend hangs, each thread is held by a call.
   */
  public static ExecutorService create(String name) {
    return create(name, THREADS);
  }

  /**
   * Returns a pool of daemon threads with a queue of up to 256 calls. A thread is created only if
   * all others are busy, and ends after 30 s without work. If the queue is full, a call is rejected
   * immediately with a {@link StoreBusyException}; a rejected look-up is a miss.
   *
   * @param maxThreads the largest number of threads, 1 or more
   */
  public static ExecutorService create(String name, int maxThreads) {
    if (maxThreads < 1) {
      throw new IllegalArgumentException("maxThreads is " + maxThreads + ": choose 1 or more");
    }
    return new GrowingPool(name, maxThreads, WAITING, KEEP_ALIVE);
  }

  /**
   * Makes a call on this thread, in the context of {@link CacheStore#read(StoreQuery, Executor)}.
   * Code that uses the result, such as that of the cache's caller, runs outside the context.
   */
  public static <T> T callIn(Executor context, Supplier<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    context.execute(() -> result.complete(call.get()));
    return result.join(); // it is there: the context has run the task
  }
}
