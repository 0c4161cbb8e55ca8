package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listeners that throw whatever there is, or never return. */
@Timeout(60)
class HostileListenerTest {
  @TempDir Path folder;

  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable any) throws X {
    throw (X) any;
  }

  private static void fail(String kind) {
    switch (kind) {
      case "exception" -> throw new IllegalStateException(kind);
      case "error" -> throw new StackOverflowError(kind);
      default -> HostileListenerTest.<RuntimeException>sneak(new IOException(kind));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"exception", "error", "checked"})
  void run_whoseListenerThrows_finishes(String kind) throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpReport report =
          f.warmUp(questions(folder, 3)).listener(progress -> fail(kind)).build().run();
      assertThat(report.end()).isEqualTo(End.FINISHED);
      assertThat(report.counts().kept()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void close_whileTheListenerHangs_returnsWithAReport(boolean atTheEnd) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch hangs = new CountDownLatch(1);
    try (Fixture f = new Fixture()) {
      WarmUpRun run =
          f.warmUp(questions(folder, 2))
              .concurrency(2)
              .finishWithin(Duration.ZERO)
              .listener(
                  progress -> {
                    if (progress.finished() == atTheEnd) {
                      hangs.countDown();
                      uninterruptibly(never);
                    }
                  })
              .build()
              .start();
      hangs.await();
      run.close();
      WarmUpReport report = run.report().getNow(null);
      assertThat(report).isNotNull();
      assertThat(report.counts().finished()).isTrue();
      assertThat(report.end()).isEqualTo(atTheEnd ? End.FINISHED : End.CANCELLED);
    } finally {
      never.countDown();
    }
  }

  private static void uninterruptibly(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return;
      } catch (InterruptedException ignored) { // as a write to a full pipe does
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void cancel_byTheListener_endsTheRun() throws Exception {
    try (Fixture f = new Fixture()) {
      WarmUpRun[] run = new WarmUpRun[1];
      CountDownLatch started = new CountDownLatch(1);
      run[0] =
          f.warmUp(questions(folder, 9))
              .listener(
                  progress -> {
                    uninterruptibly(started);
                    run[0].cancel();
                  })
              .build()
              .start();
      started.countDown();
      assertThat(run[0].report().get().end()).isEqualTo(End.CANCELLED);
      assertThat(f.bedrock.requests()).isEqualTo(1);
    }
  }
}
