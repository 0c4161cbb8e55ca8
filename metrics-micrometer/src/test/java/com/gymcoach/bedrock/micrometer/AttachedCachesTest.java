package com.gymcoach.bedrock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gauges add up the caches that the service still has. */
@Timeout(60)
class AttachedCachesTest {
  private static final long MAX = 1_000_000;

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private final MicrometerMetricsSink sink = MicrometerMetricsSink.create(registry);

  private BedrockCache cache(MetricsSink to) {
    return BedrockCache.builder().hotMaxBytes(MAX).metricsSink(to).build();
  }

  private long max() {
    return Math.round(registry.get(Names.MEMORY_MAX).gauge().value());
  }

  @Test
  void attached_byTwoCaches_addsUpTheirMemory() {
    try (BedrockCache one = cache(sink);
        BedrockCache other = cache(MetricsSink.all(MetricsSink.logging(), sink))) {
      assertThat(max()).isEqualTo(one.stats().hotMaxBytes() + other.stats().hotMaxBytes());
    }
  }

  @Test
  void attached_whenABreakerIsOpen_countsIt() {
    try (BedrockCache one =
            BedrockCache.builder().store(new SwitchedOffStore()).metricsSink(sink).build();
        BedrockCache other = cache(sink)) {
      assertThat(registry.get(Names.BREAKERS_OPEN).gauge().value()).isOne();
      assertThat(one.stats().storeAvailable()).isFalse();
      assertThat(other.stats().storeAvailable()).isTrue();
    }
  }

  @Test
  void attached_whenACacheIsGone_forgetsIt() {
    try (BedrockCache stays = cache(sink)) {
      WeakReference<BedrockCache> gone = new WeakReference<>(closed());
      for (int i = 0; i < 100 && (gone.get() != null || max() > MAX); i++) {
        System.gc();
      }
      assertThat(max()).isEqualTo(stays.stats().hotMaxBytes());
    }
  }

  private BedrockCache closed() {
    BedrockCache cache = cache(sink);
    cache.close();
    return cache;
  }
}
