package com.gymcoach.bedrock.cache.internal.client;

import java.util.concurrent.Executor;

/**
 * Runs what must not run on the thread at hand, which is another caller's, the JVM's timer or the
 * SDK's: on the executor given, and on a new thread where that one fails. It never throws, for
 * somebody waits for what the task brings; nor do the tasks.
 */
public record FallbackExecutor(Executor given) implements Executor {

  @Override
  public void execute(Runnable task) {
    try {
      given.execute(task);
    } catch (Throwable refused) { // an Error too: that of having no more threads is one
      onANewThread(task);
    }
  }

  private static void onANewThread(Runnable task) {
    try {
      Thread thread = new Thread(task, "bedrock-cache");
      thread.setDaemon(true);
      thread.start();
    } catch (Throwable none) {
      task.run(); // there is no thread to be had: here is better than never
    }
  }
}
