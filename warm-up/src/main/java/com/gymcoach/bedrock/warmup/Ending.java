package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether and why a run ends; the first reason counts. Thread-safe. */
final class Ending implements Pause {
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  void end(End why) {
    if (end.compareAndSet(null, why)) {
      ended.countDown();
    }
  }

  boolean hasEnded() {
    return end.get() != null;
  }

  End end() {
    End why = end.get();
    return why == null ? End.FINISHED : why;
  }

  @Override
  public boolean pause(long nanos) throws InterruptedException {
    return !ended.await(nanos, TimeUnit.NANOSECONDS);
  }
}
