package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.FakeStore;
import com.gymcoach.bedrock.cache.FakeTime;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.KeyDigests;
import com.gymcoach.bedrock.cache.internal.stats.FaultLog;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.EnvelopeCodec;
import com.gymcoach.bedrock.cache.spi.compression.Compressor;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** An engine as an instance has it, but for its fences. */
public final class Engines {
  public static final Duration DELAY = Duration.ofSeconds(10);

  private Engines() {}

  public static Engine engine(Fences fences, FakeStore store, FakeTime time) {
    Settings settings =
        new Settings(
            "default",
            TtlPolicy.fixed(Duration.ofHours(1)),
            CachePolicy.standard(),
            null,
            KeyDigests.PLAIN,
            0,
            MetricsSink.none(),
            PriceList.none(),
            Map.of(),
            1 << 20,
            Duration.ofHours(1),
            false,
            DELAY,
            Map.of(),
            Duration.ofMinutes(5),
            Set.of(),
            time,
            Runnable::run,
            Runnable::run,
            () -> 0);
    return new Engine(
        settings,
        new HotTier(time, 1 << 20, Duration.ofHours(1)),
        new WarmTier(store, new EnvelopeCodec("fake", Compressor.none(), List.of(), null)),
        fences,
        new StatsRecorder(MetricsSink.none(), PriceList.none(), new FaultLog(time)));
  }
}
