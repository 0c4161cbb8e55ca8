package com.gymcoach.bedrock.cache.internal.env;

import java.util.concurrent.Executor;

/**
 * Runs tasks that must not run on the current thread, which is another caller's, the JVM's timer or
 * the SDK's. Uses the given executor, or a new thread if that one rejects the task. Never throws,
 * because a caller waits for the task's result. The tasks themselves never throw either.
 */
public record FallbackExecutor(Executor given) implements Executor {

  @Override
  public void execute(Runnable task) {
    try {
      given.execute(task);
    } catch (Throwable refused) { // Errors too: running out of threads is one
      onANewThread(task);
    }
  }

  private static void onANewThread(Runnable task) {
    try {
      Thread thread = new Thread(task, "bedrock-cache");
      thread.setDaemon(true);
      thread.start();
    } catch (Throwable none) {
      task.run(); // no thread can be created: running it here is better than never
    }
  }
}
