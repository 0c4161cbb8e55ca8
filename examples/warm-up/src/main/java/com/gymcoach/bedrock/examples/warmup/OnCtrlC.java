package com.gymcoach.bedrock.examples.warmup;

import com.gymcoach.bedrock.warmup.WarmUpRun;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends a run when the process is told to end, and keeps the process until the report is printed and
 * the cache is closed: the process would otherwise end as soon as the run has.
 */
final class OnCtrlC {
  private static final Duration TO_CLOSE = Duration.ofSeconds(30);

  private final CountDownLatch done = new CountDownLatch(1);

  /** Closes a run if the process is told to end. */
  void close(WarmUpRun run) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  run.close();
                  awaitDone();
                }));
  }

  private void awaitDone() {
    try {
      if (!done.await(TO_CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        System.err.println("The cache could not be closed in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lets the process end: everything is closed. */
  void done() {
    done.countDown();
  }
}
