package com.gymcoach.bedrock.cache.spi.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pool of daemon threads that grows only while all its threads are busy. A task goes to the
 * thread that became idle last, so the others end after a while without work. If the pool cannot
 * grow, tasks wait in a bounded queue; if that is full, they are rejected with a {@link
 * StoreBusyException}.
 *
 * <p>A {@link java.util.concurrent.ThreadPoolExecutor} cannot do this: with a queue it starts all
 * its core threads before it uses an idle one and then no more, and without a queue it rejects a
 * task when all threads are busy. See {@code docs/decisions/013}. Thread-safe.
 */
final class GrowingPool extends AbstractExecutorService {
  private final String name;
  private final int maxThreads;
  private final int maxWaiting;
  private final long keepAliveNanos;

  private final ReentrantLock lock = new ReentrantLock();

  // All below are guarded by the lock.
  private final Condition terminated = lock.newCondition();
  private final Deque<Runnable> waiting = new ArrayDeque<>();
  private final Deque<Worker> idle = new ArrayDeque<>();
  private final Set<Worker> workers = new HashSet<>();
  private boolean isShutdown;
  private boolean isStopped;

  /**
   * Returns a pool without threads.
   *
   * @param keepAlive how long an idle thread lives
   */
  GrowingPool(String name, int maxThreads, int maxWaiting, Duration keepAlive) {
    this.name = name;
    this.maxThreads = maxThreads;
    this.maxWaiting = maxWaiting;
    this.keepAliveNanos = keepAlive.toNanos();
  }

  @Override
  public void execute(Runnable task) {
    Worker started = assign(task);
    if (started == null) {
      return;
    }
    try {
      started.start(); // outside the lock: it takes long
    } catch (Throwable noThread) {
      ended(started);
      throw noThread;
    }
  }

  /** Hands the task to an idle thread or the queue, or returns a new worker that has it. */
  private @Nullable Worker assign(Runnable task) {
    lock.lock();
    try {
      if (isShutdown) {
        throw new StoreBusyException();
      }
      Worker last = idle.pollLast();
      if (last != null) {
        last.take(task);
        return null;
      }
      if (workers.size() < maxThreads) {
        Worker added = new Worker(task);
        workers.add(added);
        return added;
      }
      if (waiting.size() == maxWaiting) {
        throw new StoreBusyException();
      }
      waiting.add(task);
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void ended(Worker worker) {
    lock.lock();
    try {
      workers.remove(worker);
      if (workers.isEmpty()) {
        terminated.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of threads. */
  int threads() {
    lock.lock();
    try {
      return workers.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the number of threads without a task. */
  int idleThreads() {
    lock.lock();
    try {
      return idle.size();
    } finally {
      lock.unlock();
    }
  }

  /** Accepts no more tasks. Those that run or wait are finished. */
  @Override
  public void shutdown() {
    lock.lock();
    try {
      isShutdown = true;
      idle.forEach(Worker::wake);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    lock.lock();
    try {
      isStopped = true;
      List<Runnable> left = new ArrayList<>(waiting);
      waiting.clear();
      shutdown();
      workers.forEach(Worker::interrupt);
      return left;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isShutdown() {
    lock.lock();
    try {
      return isShutdown;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isTerminated() {
    lock.lock();
    try {
      return isShutdown && workers.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Returns at once if this is one of the pool's own threads, which cannot await itself. */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(timeout);
    lock.lockInterruptibly();
    try {
      while (!(isShutdown && workers.isEmpty())) {
        if (left <= 0 || isOwnThread()) {
          return false;
        }
        left = terminated.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Called with the lock held. */
  private boolean isOwnThread() {
    return workers.stream().anyMatch(worker -> worker.thread == Thread.currentThread());
  }

  /** A thread and the task it has been given. */
  private final class Worker implements Runnable {
    private final Thread thread;
    private final Condition called = lock.newCondition();
    private @Nullable Runnable task;

    Worker(Runnable first) {
      task = first;
      // Without the inheritable thread locals of the first caller, such as its user.
      thread = new Thread(null, this, name, 0, false);
      thread.setDaemon(true);
    }

    void start() {
      thread.start();
    }

    void interrupt() {
      thread.interrupt();
    }

    /** Called with the lock held. */
    void take(Runnable given) {
      task = given;
      called.signal();
    }

    /** Called with the lock held. */
    void wake() {
      called.signal();
    }

    @Override
    public void run() {
      try {
        for (Runnable next = next(); next != null; next = next()) {
          try {
            next.run();
          } catch (Throwable thrown) { // reported by the handler; the thread continues
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
          }
        }
      } finally {
        ended(this); // also if the handler throws: else the pool would be smaller for ever
      }
    }

    /** Returns the next task, or null if there was none for the keep-alive time. */
    private @Nullable Runnable next() {
      lock.lock();
      try {
        if (!isStopped) {
          Thread.interrupted(); // an interrupt was meant for the task that has ended
        }
        if (task == null) {
          task = waiting.poll();
        }
        if (task == null && !isShutdown) {
          awaitTask();
        }
        Runnable given = task;
        task = null;
        if (given == null) {
          ended(this);
        }
        return given;
      } finally {
        lock.unlock();
      }
    }

    private void awaitTask() {
      idle.addLast(this);
      long left = keepAliveNanos;
      while (task == null && !isShutdown && left > 0) {
        try {
          left = called.awaitNanos(left);
        } catch (InterruptedException strange) {
          // Only shutdownNow interrupts an idle thread, and the loop then ends.
        }
      }
      if (task == null) {
        idle.remove(this);
      }
    }
  }
}
