package com.gymcoach.bedrock.cache.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CountersTest {
  private static final CacheOutcome MISS = CacheOutcome.miss(CacheReason.ABSENT);
  private static final int THREADS = 4;
  private static final int CALLS = 20_000;

  /** Latencies of all sizes, so that what holds them has to grow while others write to it. */
  private static long micros(Random random) {
    return (long) Math.exp(random.nextDouble() * 22);
  }

  @Test
  @Timeout(60)
  void latency_whenManyThreadsRecord_losesNoneAndEnds() throws InterruptedException {
    for (int round = 0; round < 10; round++) {
      Counters counters = new Counters();
      List<Thread> threads = new ArrayList<>();
      Histogram expected = new Histogram(3_600_000_000L, 2);
      for (int i = 0; i < THREADS; i++) {
        int seed = round * THREADS + i;
        Random again = new Random(seed);
        for (int call = 0; call < CALLS; call++) {
          expected.recordValue(Math.min(3_600_000_000L, micros(again)));
        }
        Thread thread = new Thread(() -> record(counters, new Random(seed)));
        thread.setDaemon(true); // one that never ends would keep the build
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(counters.micros().get(CacheSource.BEDROCK)).isEqualTo(expected);
    }
  }

  private static void record(Counters counters, Random random) {
    for (int call = 0; call < CALLS; call++) {
      counters.latency(MISS, Duration.ofNanos(micros(random) * 1_000), 1);
    }
  }
}
