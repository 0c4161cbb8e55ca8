package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.CallCost;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.cache.spi.metrics.StoreUse;
import com.gymcoach.bedrock.cloudwatch.CloudWatchStandIn.Datum;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both sinks tell CloudWatch the same of the same calls: one list of calls goes to both. */
class SameStatisticsTest {
  private static final int CALLS = 400;

  /** Times are added up in whole microseconds. */
  private static final Pattern IN_MICROS = Pattern.compile("Time|Latency");

  private static final List<CacheReason> REASONS = List.of(CacheReason.values());
  private static final List<CacheFault> FAULTS = List.of(CacheFault.values());

  /** The width of the buckets in which values are added up, as docs/metrics.md says. */
  private static final double BUCKET = 1.0 / 16;

  private final CloudWatchStandIn cloudWatch = new CloudWatchStandIn();
  private final List<String> lines = new ArrayList<>();
  private final CloudWatchMetricsSink sums =
      Clients.SYNC.to(cloudWatch).modelDimension(true).build();
  private final EmfMetricsSink emf =
      EmfMetricsSink.builder().output(lines::add).modelDimension(true).build();

  @AfterEach
  void close() {
    sums.close();
    cloudWatch.close();
  }

  /** What CloudWatch makes of the values of a metric. */
  private static final class Statistics {
    double samples;
    double sum;
    double minimum = Double.POSITIVE_INFINITY;
    double maximum = Double.NEGATIVE_INFINITY;

    void add(double value, double count) {
      samples += count;
      sum += value * count;
      minimum = Math.min(minimum, value);
      maximum = Math.max(maximum, value);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void record_ofTheSameCalls_isTheSameStatisticsFromEitherSink(long seed) {
    MetricsSink both = MetricsSink.all(sums, emf);
    Random random = new Random(seed);
    for (int i = 0; i < CALLS; i++) {
      both.record(call(random));
    }
    both.invalidated("chat", 3);
    both.invalidated("*", 0);
    both.fault("chat", CacheFault.DELETE_FAILED);
    sums.flush();

    Map<String, Statistics> added = new TreeMap<>();
    for (Datum datum : cloudWatch.data()) {
      Statistics of = of(added, datum.name(), datum.dimensions());
      IntStream.range(0, datum.values().size())
          .forEach(i -> of.add(datum.values().get(i), datum.counts().get(i)));
    }
    Map<String, Statistics> single = new TreeMap<>();
    for (String line : lines) {
      EmfRules.check(line)
          .forEach(made -> of(single, made.name(), made.dimensions()).add(made.value(), 1));
    }
    added.keySet().removeIf(name -> name.startsWith(Metrics.HOT_BYTES.metric()));
    assertThat(added.keySet()).isEqualTo(single.keySet()).hasSizeGreaterThan(60);
    single.forEach(
        (name, expected) ->
            assertSame(name, Objects.requireNonNull(added.get(name), name), expected));
  }

  private static void assertSame(String name, Statistics actual, Statistics expected) {
    assertThat(actual.samples).as(name + " SampleCount").isEqualTo(expected.samples);
    double rounding = 1e-9 + expected.samples * (IN_MICROS.matcher(name).find() ? 0.001 : 1e-12);
    assertThat(actual.sum).as(name + " Sum").isCloseTo(expected.sum, within(rounding));
    assertNear(name + " Minimum", actual.minimum, expected.minimum);
    assertNear(name + " Maximum", actual.maximum, expected.maximum);
  }

  private static void assertNear(String name, double actual, double expected) {
    assertThat(actual).as(name).isCloseTo(expected, within(0.001 + Math.abs(expected) * BUCKET));
  }

  private static Statistics of(
      Map<String, Statistics> all, String name, Map<String, String> dimensions) {
    return all.computeIfAbsent(name + new TreeMap<>(dimensions), absent -> new Statistics());
  }

  private static CacheEvent call(Random random) {
    CacheReason reason = REASONS.get(random.nextInt(REASONS.size()));
    boolean kept = random.nextBoolean();
    CacheOutcome outcome =
        switch (random.nextInt(7)) {
          case 0 -> Outcomes.hit(CacheSource.HOT, 12);
          case 1 -> Outcomes.hit(CacheSource.WARM, 60);
          case 2 -> Outcomes.stale(CacheReason.STALE_IF_ERROR);
          case 3 -> Outcomes.coalesced();
          case 4 -> Outcomes.bypass(reason);
          case 5 -> Outcomes.miss(reason);
          default -> Outcomes.miss(reason, kept, !kept || random.nextBoolean());
        };
    boolean failed = outcome.status() == CacheOutcome.Status.MISS && random.nextInt(4) == 0;
    Double price = failed || random.nextInt(5) == 0 ? null : random.nextDouble() / 50;
    double store = random.nextInt(3) * 1.25e-6;
    double saved = (outcome.cached() && price != null ? price : 0) - store;
    StoreUse use =
        random.nextBoolean()
            ? new StoreUse(
                Duration.ofNanos(random.nextInt(90_000_000)), random.nextInt(9_000), 1, 0)
            : null;
    Set<CacheFault> faults = EnumSet.noneOf(CacheFault.class);
    for (int i = random.nextInt(3); i > 0; i--) {
      faults.add(FAULTS.get(random.nextInt(FAULTS.size())));
    }
    return new CacheEvent(
        "Converse",
        random.nextBoolean() ? "chat" : "meal-plan",
        random.nextBoolean() ? Events.MODEL : "another.model",
        outcome,
        Duration.ofNanos(random.nextInt(2_000_000_000)),
        Events.USAGE,
        use,
        new CallCost(price, store, saved),
        faults,
        failed,
        random.nextInt(10) == 0);
  }
}
