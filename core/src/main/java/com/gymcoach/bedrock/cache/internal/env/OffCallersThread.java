package com.gymcoach.bedrock.cache.internal.env;

import java.util.concurrent.Executor;

/**
 * Runs tasks on the given executor, but never within the call that submits them. A service's
 * executor may do that, always or when it is busy. A daemon thread then runs the task: the
 * submitter is a caller, who must not wait for it.
 */
public record OffCallersThread(Executor given) implements Executor {

  @Override
  public void execute(Runnable task) {
    Thread submitter = Thread.currentThread();
    boolean[] submitting = {true};
    try {
      given.execute(
          () -> {
            if (Thread.currentThread() == submitter && submitting[0]) {
              DaemonPools.REVALIDATION.execute(task);
            } else {
              task.run();
            }
          });
    } finally {
      submitting[0] = false;
    }
  }
}
