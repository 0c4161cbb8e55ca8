package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.internal.engine.Counters;
import com.gymcoach.bedrock.cache.internal.engine.Recorder;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** Takes a {@link CacheStats} of what is being counted. */
final class StatsSnapshot {
  private StatsSnapshot() {}

  static CacheStats take(boolean enabled, Recorder recorder, HotTier hot) {
    Map<String, Counts> byEndpoint = new TreeMap<>();
    recorder.byEndpoint().forEach((name, counters) -> byEndpoint.put(name, counts(counters)));
    Counts total =
        byEndpoint.values().stream()
            .reduce(new Counts(0, 0, 0, 0, 0, 0, 0, 0, Map.of()), StatsSnapshot::sum);
    Map<CacheFault, Long> faults = new EnumMap<>(CacheFault.class);
    for (CacheFault fault : CacheFault.values()) {
      long seen = recorder.faults(fault);
      if (seen > 0) {
        faults.put(fault, seen);
      }
    }
    return new CacheStats(
        enabled,
        total,
        Map.copyOf(byEndpoint),
        Map.copyOf(faults),
        recorder.invalidations(),
        recorder.sinkFailures(),
        hot.entries(),
        hot.bytes(),
        hot.maxBytes());
  }

  private static Counts counts(Counters c) {
    return new Counts(
        c.hot(),
        c.warm(),
        c.stale(),
        c.coalesced(),
        c.misses(),
        c.bypasses(),
        c.writes(),
        c.failures(),
        Map.copyOf(c.reasons()));
  }

  private static Counts sum(Counts one, Counts other) {
    Map<CacheReason, Long> reasons = new EnumMap<>(CacheReason.class);
    reasons.putAll(one.reasons());
    other.reasons().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
    return new Counts(
        one.hotHits() + other.hotHits(),
        one.warmHits() + other.warmHits(),
        one.staleHits() + other.staleHits(),
        one.coalesced() + other.coalesced(),
        one.misses() + other.misses(),
        one.bypasses() + other.bypasses(),
        one.writes() + other.writes(),
        one.failures() + other.failures(),
        Map.copyOf(reasons));
  }
}
