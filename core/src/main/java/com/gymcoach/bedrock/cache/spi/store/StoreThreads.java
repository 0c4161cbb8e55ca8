package com.gymcoach.bedrock.cache.spi.store;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The thread pools on which stores make blocking calls, and the context of a call there. */
public final class StoreThreads {
  private static final int THREADS = 8;
  private static final int WAITING = 256;
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

  /** Longer than a call of our stores may take, with the default budgets. */
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(3);

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
   * Shuts down a pool, and waits up to 3 s for the calls that it has. A store's {@code close} ends
   * its pool this way, so that its owner may then close the client that the calls use: AWS's Common
   * Runtime ends the JVM if a client is closed while another thread begins a call. A call that
   * takes longer goes on after this method has returned. So does one that is under way when this
   * thread is interrupted, which it then remains, or is one of the pool's own.
   */
  public static void close(ExecutorService threads) {
    close(threads, CLOSE_LIMIT);
  }

  static void close(ExecutorService threads, Duration limit) {
    threads.shutdown();
    try {
      boolean unused = threads.awaitTermination(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
