package com.gymcoach.bedrock.cache.internal.env;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Daemon threads shared by all caches of the process, for work that a caller's thread cannot do. A
 * thread ends after 10 s without work.
 */
public final class DaemonPools implements Executor {
  /**
   * The threads on which async calls continue. A caller's continuation may be slow and must not
   * delay another caller, so the number of threads is unlimited.
   */
  public static final DaemonPools CALLERS =
      new DaemonPools("bedrock-cache-caller", Integer.MAX_VALUE);

  /**
   * The threads that refresh stale answers and verify hits. At most 8, because no caller waits for
   * them.
   */
  public static final DaemonPools REVALIDATION = new DaemonPools("bedrock-cache-revalidation", 8);

  /** The threads that read live settings from a source that blocks. */
  public static final DaemonPools SETTINGS = new DaemonPools("bedrock-cache-settings", 4);

  private final ThreadPoolExecutor threads;

  private DaemonPools(String name, int maxThreads) {
    threads =
        new ThreadPoolExecutor(
            0,
            maxThreads,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              // Without the inheritable thread locals of the first caller, such as its user.
              Thread thread = new Thread(null, task, name, 0, false);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }
}
