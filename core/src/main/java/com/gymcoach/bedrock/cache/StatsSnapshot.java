package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.CacheStats.Latency;
import com.gymcoach.bedrock.cache.Observed.Would;
import com.gymcoach.bedrock.cache.internal.compare.Verdict;
import com.gymcoach.bedrock.cache.internal.stats.Counters;
import com.gymcoach.bedrock.cache.internal.stats.ShadowStats;
import com.gymcoach.bedrock.cache.internal.stats.ShadowStats.Sums;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.stats.VerifiedStats;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Takes a {@link CacheStats} snapshot of the running counters. */
final class StatsSnapshot {
  private StatsSnapshot() {}

  /** The state that is read, not counted. */
  record Now(boolean enabled, boolean storeAvailable, boolean observesFleet) {}

  static CacheStats take(
      Now now,
      StatsRecorder recorder,
      HotTier hot,
      ShadowStats shadowStats,
      @Nullable VerifiedStats verified) {
    List<Counters> all = new ArrayList<>();
    Map<String, List<Counters>> byEndpoint = new TreeMap<>();
    Map<String, List<Counters>> byModel = new TreeMap<>();
    recorder
        .counters()
        .forEach(
            (endpoint, models) ->
                models.forEach(
                    (model, counters) -> {
                      all.add(counters);
                      byEndpoint.computeIfAbsent(endpoint, a -> new ArrayList<>()).add(counters);
                      byModel.computeIfAbsent(model, a -> new ArrayList<>()).add(counters);
                    }));
    Map<CacheFault, Long> faults = new EnumMap<>(CacheFault.class);
    for (CacheFault fault : CacheFault.values()) {
      long seen = recorder.faults(fault);
      if (seen > 0) {
        faults.put(fault, seen);
      }
    }
    return new CacheStats(
        now.enabled(),
        now.storeAvailable(),
        together(all),
        together(byEndpoint),
        together(byModel),
        Map.copyOf(faults),
        recorder.invalidations(),
        recorder.sinkFailures(),
        hot.entries(),
        hot.bytes(),
        hot.maxBytes(),
        observed(shadowStats.byEndpoint(), now.observesFleet()),
        verified == null
            ? new VerifiedHits(0, verified(List.of()), Map.of())
            : verified(verified.percent(), verified.byEndpoint()));
  }

  private static VerifiedHits verified(double percent, Map<String, VerifiedStats.Sums> sums) {
    Map<String, VerifiedHits.Counts> byEndpoint = new TreeMap<>();
    sums.forEach((endpoint, one) -> byEndpoint.put(endpoint, verified(List.of(one))));
    return new VerifiedHits(percent, verified(sums.values()), Map.copyOf(byEndpoint));
  }

  private static VerifiedHits.Counts verified(Collection<VerifiedStats.Sums> sums) {
    double overlap = sums.stream().mapToDouble(VerifiedStats.Sums::overlap).sum();
    long overlaps = sums.stream().mapToLong(VerifiedStats.Sums::overlaps).sum();
    return new VerifiedHits.Counts(
        verdicts(sums, Verdict.EQUAL),
        verdicts(sums, Verdict.SAME_TEXT),
        verdicts(sums, Verdict.SAME_JSON),
        verdicts(sums, Verdict.DIFFERENT),
        overlaps == 0 ? Double.NaN : overlap / overlaps,
        sums.stream().mapToLong(VerifiedStats.Sums::failed).sum(),
        sums.stream().mapToLong(VerifiedStats.Sums::skipped).sum(),
        sums.stream().mapToDouble(VerifiedStats.Sums::usd).sum());
  }

  private static long verdicts(Collection<VerifiedStats.Sums> sums, Verdict verdict) {
    return sums.stream().mapToLong(one -> one.of(verdict)).sum();
  }

  private static Observed observed(Map<String, Sums> sums, boolean fleet) {
    Map<String, Would> byEndpoint = new TreeMap<>();
    sums.forEach((endpoint, one) -> byEndpoint.put(endpoint, would(List.of(one))));
    return new Observed(
        fleet ? Observed.Extent.FLEET : Observed.Extent.PROCESS,
        would(sums.values()),
        Map.copyOf(byEndpoint));
  }

  private static Would would(Collection<Sums> sums) {
    long hot = sums.stream().mapToLong(Sums::hot).sum();
    long warm = sums.stream().mapToLong(Sums::warm).sum();
    long misses = sums.stream().mapToLong(Sums::misses).sum();
    long calls = Math.max(1, hot + warm + misses);
    return new Would(
        hot,
        warm,
        misses,
        sums.stream().mapToLong(Sums::unpriced).sum(),
        sums.stream().mapToDouble(Sums::savedUsd).sum(),
        Duration.ofNanos(sums.stream().mapToLong(Sums::nanos).sum() / calls),
        Duration.ofNanos(sums.stream().mapToLong(Sums::nanosWithCache).sum() / calls));
  }

  private static Map<String, Counts> together(Map<String, List<Counters>> named) {
    Map<String, Counts> counts = new TreeMap<>();
    named.forEach((name, cells) -> counts.put(name, together(cells)));
    return Map.copyOf(counts);
  }

  private static Counts together(Collection<Counters> cells) {
    return new Counts(
        sum(cells, Counters::hot),
        sum(cells, Counters::warm),
        sum(cells, Counters::stale),
        sum(cells, Counters::coalesced),
        sum(cells, Counters::misses),
        sum(cells, Counters::bypasses),
        sum(cells, Counters::writes),
        sum(cells, Counters::kept),
        sum(cells, Counters::stored),
        sum(cells, Counters::failures),
        sum(cells, Counters::unpriced),
        usd(cells, Counters::savedUsd),
        usd(cells, Counters::bedrockUsd),
        latency(cells),
        reasons(cells));
  }

  private static long sum(Collection<Counters> cells, ToLongFunction<Counters> what) {
    return cells.stream().mapToLong(what).sum();
  }

  private static double usd(Collection<Counters> cells, ToDoubleFunction<Counters> what) {
    return cells.stream().mapToDouble(what).sum();
  }

  private static Map<CacheReason, Long> reasons(Collection<Counters> cells) {
    Map<CacheReason, Long> reasons = new EnumMap<>(CacheReason.class);
    cells.forEach(
        cell -> cell.reasons().forEach((reason, n) -> reasons.merge(reason, n, Long::sum)));
    return Map.copyOf(reasons);
  }

  private static Map<CacheSource, Latency> latency(Collection<Counters> cells) {
    Map<CacheSource, Histogram> together = new EnumMap<>(CacheSource.class);
    cells.forEach(
        cell ->
            cell.micros()
                .forEach(
                    (source, micros) ->
                        together
                            .computeIfAbsent(source, absent -> Counters.noMicros())
                            .add(micros)));
    Map<CacheSource, Latency> latency = new EnumMap<>(CacheSource.class);
    for (CacheSource source : CacheSource.values()) {
      long answered = sum(cells, cell -> cell.answered(source));
      if (answered > 0) {
        long timed = sum(cells, cell -> cell.timed(source));
        latency.put(source, latency(answered, timed, together.get(source)));
      }
    }
    return Map.copyOf(latency);
  }

  private static Latency latency(long answered, long timed, @Nullable Histogram micros) {
    if (micros == null) {
      return new Latency(answered, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);
    }
    return new Latency(
        answered,
        timed,
        micros(micros.getValueAtPercentile(50)),
        micros(micros.getValueAtPercentile(95)),
        micros(micros.getValueAtPercentile(99)),
        micros(micros.getMaxValue()));
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }
}
