package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cloudwatch.EndpointCells.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

/** F78: whatever happens, requests keep to CloudWatch's limits, and lose nothing by it. */
class LimitsTest {

  @Property(tries = 40)
  void f78_pack_whateverHappened_keepsToTheLimitsAndLosesNothing(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 65) int endpoints,
      @ForAll @IntRange(min = 1, max = 400) int callsEach,
      @ForAll boolean byModel) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      EndpointCells cells = new EndpointCells("endpoint-" + i, byModel);
      for (int call = 0; call < callsEach; call++) {
        cells.add(any(random));
      }
      rows.add(cells.take());
    }

    List<Batch> batches = Batch.pack(rows);

    List<Row> packed = new ArrayList<>();
    batches.forEach(batch -> packed.addAll(batch.rows()));
    assertThat(packed.stream().map(Row::of))
        .containsExactlyElementsOf(rows.stream().map(Row::of).toList());
    double calls = 0;
    for (Batch batch : batches) {
      PutMetricDataRequest request = batch.request(Metrics.NAMESPACE);
      assertWithinLimits(request.metricData());
      calls += totalCalls(request.metricData());
    }
    assertThat(calls).isEqualTo((double) endpoints * callsEach);
    for (int i = 1; i < batches.size(); i++) { // as few as may be: none would have gone in before
      List<Row> together = new ArrayList<>(batches.get(i - 1).rows());
      together.add(batches.get(i).rows().get(0));
      assertThat(Batch.pack(together)).hasSizeGreaterThan(1);
    }
  }

  @Example
  void f78_take_whenAllThatCanHappenHas_fitsIntoOneRequest() {
    EndpointCells cells = new EndpointCells("e".repeat(64), true);
    for (int model = 0; model < 40; model++) {
      String name = "m".repeat(120) + model;
      for (int i = 0; i < 600; i++) {
        Duration took = Duration.ofNanos(Math.round(1_000 * Math.pow(1.04, i)));
        cells.add(Events.withModel(Events.taking(Events.warm("e"), took), name));
        cells.add(Events.withModel(Events.taking(Events.miss("e"), took), name));
      }
      for (CacheReason reason : CacheReason.values()) {
        cells.add(Events.withModel(Events.refused("e", reason), name));
        cells.add(Events.withModel(Events.bypass("e", reason), name));
      }
      cells.add(Events.withModel(Events.failed("e", CacheFault.values()), name));
      cells.add(Events.withModel(Events.unpriced("e"), name));
    }

    Row row = cells.take();
    assertWithinLimits(Batch.pack(List.of(row)).get(0).request(Metrics.NAMESPACE).metricData());
    assertThat(row.datums()).hasSizeGreaterThan(200);
  }

  @Property(tries = 200)
  void f78_points_whateverTheValues_areFewAndTheirSumExact(
      @ForAll @Size(min = 1, max = 400) List<@LongRange(max = 1L << 39) Long> values) {
    Distribution distribution = new Distribution();
    values.forEach(distribution::add);

    List<Values.Point> points = distribution.take().points(1);

    assertThat(points).hasSizeBetween(1, 150);
    assertThat(points.stream().mapToDouble(Values.Point::count).sum()).isEqualTo(values.size());
    double sum = values.stream().mapToDouble(Long::doubleValue).sum();
    assertThat(points.stream().mapToDouble(p -> p.value() * p.count()).sum())
        .isCloseTo(sum, within(1 + sum * 1e-9));
    assertThat(points).isSortedAccordingTo((a, b) -> Double.compare(a.value(), b.value()));
  }

  @Property(tries = 500)
  void points_whenValuesShareABucket_areWithinASixteenth(
      @ForAll @LongRange(max = 1L << 39) long value,
      @ForAll @DoubleRange(min = 0, max = 1) double share) {
    Distribution distribution = new Distribution();
    long other = value + Math.round(share * value / 16);
    distribution.add(value);
    distribution.add(other);

    for (Values.Point point : distribution.take().points(1)) {
      assertThat(point.value()).isBetween(value * 15.0 / 16, other * 17.0 / 16);
    }
  }

  @Property
  void take_whenCommittedNowAndThen_givesEachValueOnce(
      @ForAll @Size(max = 60) List<@IntRange(max = 3) Integer> steps) {
    Distribution distribution = new Distribution();
    double added = 0;
    double got = 0;
    for (int step : steps) {
      if (step < 2) {
        distribution.add(100 + step);
        added++;
      } else {
        double taken = samples(distribution.take());
        if (step == 2) { // figures that are not committed are there the next time
          distribution.commit();
          got += taken;
        }
      }
    }
    assertThat(got + samples(distribution.take())).isEqualTo(added);
  }

  @Example
  void add_whenValueIsOutOfRange_takesTheNearest() {
    Distribution distribution = new Distribution();
    distribution.add(-5);
    distribution.add(Long.MAX_VALUE);

    assertThat(distribution.take().points(1))
        .extracting(Values.Point::value)
        .containsExactly(0.0, (double) ((1L << 50) - 1));
  }

  @Example
  void usd_whenNoNumber_isLeftOut() {
    EndpointTotals cell = new EndpointTotals();
    cell.usd(Metrics.COST_SAVED, Double.NaN);
    cell.usd(Metrics.COST_SAVED, Double.POSITIVE_INFINITY);
    cell.usd(Metrics.COST_SAVED, -0.25);

    Sums sums = cell.take();
    assertThat(Values.points(sums.money().saved(), sums.money().lost(), Sums.PARTS_A_USD))
        .containsExactly(new Values.Point(-0.25, 1));
  }

  private static CacheEvent any(Random random) {
    String endpoint = "ignored";
    CacheEvent event =
        switch (random.nextInt(6)) {
          case 0 -> Events.hot(endpoint);
          case 1 -> Events.warm(endpoint);
          case 2 -> Events.miss(endpoint);
          case 3 -> Events.refused(endpoint, pick(random, CacheReason.values()));
          case 4 -> Events.bypass(endpoint, pick(random, CacheReason.values()));
          default -> Events.coalesced(endpoint);
        };
    Duration took = Duration.ofNanos(Math.round(Math.exp(random.nextDouble() * 31)));
    return Events.withModel(Events.taking(event, took), "model-" + random.nextInt(30));
  }

  private static <T> T pick(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  private static double totalCalls(List<MetricDatum> data) {
    return data.stream()
        .filter(d -> d.metricName().equals("ResponseTime") && d.dimensions().isEmpty())
        .flatMap(d -> d.counts().stream())
        .mapToDouble(Double::doubleValue)
        .sum();
  }

  private static double samples(Values values) {
    return values.points(1).stream().mapToDouble(Values.Point::count).sum();
  }

  private static void assertWithinLimits(List<MetricDatum> data) {
    assertThat(data).hasSizeLessThanOrEqualTo(1_000);
    Set<Object> series = new HashSet<>();
    long bytes = 0;
    for (MetricDatum datum : data) {
      assertThat(datum.values()).hasSizeBetween(1, 150).hasSameSizeAs(datum.counts());
      assertThat(datum.values()).allMatch(v -> Double.isFinite(v) && Math.abs(v) <= 0x1p360);
      assertThat(datum.dimensions()).hasSizeLessThanOrEqualTo(30);
      assertThat(datum.dimensions()).allMatch(d -> d.value().length() <= 1_024);
      assertThat(series.add(List.of(datum.metricName(), datum.dimensions()))).isTrue();
      bytes += 20L * datum.values().size() + 300;
    }
    assertThat(bytes).isLessThanOrEqualTo(1_000_000);
  }
}
