package com.gymcoach.bedrock.warmup;

import static com.gymcoach.bedrock.warmup.Requests.converse;
import static com.gymcoach.bedrock.warmup.Requests.questions;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.testkit.InMemoryCacheStore;
import com.gymcoach.bedrock.warmup.WarmUpReport.End;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store that does not say what it has: nothing is paid for twice. */
class StoreTroubleTest {
  @TempDir Path folder;
  private final InMemoryCacheStore store = new InMemoryCacheStore();

  private void failing() {
    store.failWith(() -> new IOException("sesame"));
  }

  /** Returns a cache whose answers are in the store, and not in memory. */
  private Fixture fixture() {
    return new Fixture(cache -> cache.store(store).hotMaxBytes(0));
  }

  @Test
  void run_whileTheStoreCannotBeRead_asksNobodyAndEndsSoon() throws Exception {
    try (Fixture f = fixture()) {
      failing();
      WarmUp warmUp =
          f.warmUp(questions(folder, 30)).stopAfter(3).stateFile(folder.resolve("state")).build();
      WarmUpPlan plan = warmUp.plan();
      assertThat(plan.toAsk()).isZero();
      assertThat(plan.refused()).isEqualTo(Map.of("STORE_UNREAD", 30L));
      WarmUpReport report = warmUp.run();
      assertThat(report.end()).isEqualTo(End.NOTHING_KEPT);
      assertThat(report.refused()).isEqualTo(Map.of("STORE_UNREAD", 3L));
      assertThat(f.bedrock.requests()).isZero();
      store.recover();
      assertThat(warmUp.run().counts().kept()).isEqualTo(30);
    }
  }

  @Test
  void run_whenTheStoreCanBeReadLater_looksUpAgain() throws Exception {
    try (Fixture f = fixture()) {
      f.client.forScope(Requests.SHARED).converse(converse("question 1"));
      AtomicInteger waits = new AtomicInteger();
      failing();
      WarmUpReport report =
          f.warmUp(questions(folder, 1))
              .pausing(
                  nanos -> {
                    if (waits.incrementAndGet() == LineCheck.LOOK_UPS - 1) {
                      store.recover();
                    }
                    return true;
                  })
              .build()
              .run();
      assertThat(report.counts().hits()).isEqualTo(1);
      assertThat(f.bedrock.requests()).isEqualTo(1);
    }
  }

  @Test
  void plan_whileTheStoreStaysUnreadable_waitsLessAndLess() throws Exception {
    try (Fixture f = fixture()) {
      failing();
      AtomicInteger waits = new AtomicInteger();
      f.warmUp(questions(folder, 500)).pausing(nanos -> waits.incrementAndGet() > 0).build().plan();
      assertThat(waits.get()).isLessThanOrEqualTo(50);
    }
  }
}
