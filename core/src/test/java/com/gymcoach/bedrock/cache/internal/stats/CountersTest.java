package com.gymcoach.bedrock.cache.internal.stats;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.env.Randomness;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CountersTest {
  private static final CacheOutcome MISS = Outcome.miss(CacheReason.ABSENT);
  private static final CacheOutcome HOT = Outcome.hit(CacheSource.HOT, 0, 3_600);
  private static final CacheOutcome WARM = Outcome.hit(CacheSource.WARM, 0, 3_600);
  private static final FakeTime TIME = new FakeTime();
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
      Counters counters = new Counters(Counters.PRECISE);
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

  /** Names come from code; should one come from users, figures must not fill the memory. */
  @Test
  void latency_whenEndpointsAndModelsAreMany_takesAFewMegabytes() {
    StatsRecorder recorder =
        new StatsRecorder(
            MetricsSink.none(), PriceList.none(), new FaultLog(TIME), new Randomness());
    CallRecord log = new CallRecord(TIME);
    log.time();
    for (int endpoint = 0; endpoint < 200; endpoint++) {
      for (int model = 0; model < 20; model++) {
        CallContext call = new CallContext("Converse", "m" + model, "e" + endpoint);
        for (CacheOutcome outcome : List.of(MISS, HOT, WARM)) {
          recorder.answered(call, Double.NaN, log, outcome);
        }
      }
    }
    long bytes = 0;
    long calls = 0;
    for (Map<String, Counters> models : recorder.counters().values()) {
      for (Counters cell : models.values()) {
        for (Histogram histogram : cell.micros().values()) {
          bytes += histogram.getEstimatedFootprintInBytes();
          calls += histogram.getTotalCount();
        }
      }
    }
    assertThat(calls).isEqualTo(200 * 20 * 3);
    assertThat(bytes).isBetween(1L << 20, 10L << 20);
  }

  private static void record(Counters counters, Random random) {
    for (int call = 0; call < CALLS; call++) {
      counters.latency(MISS, Duration.ofNanos(micros(random) * 1_000), 1);
    }
  }
}
