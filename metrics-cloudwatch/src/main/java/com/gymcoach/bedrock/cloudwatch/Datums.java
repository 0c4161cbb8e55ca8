package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;

/**
 * Converts sums to CloudWatch's form. Zero counts are left out, because a metric costs money for
 * each hour with data. No timestamp is set: CloudWatch uses its own clock on receipt, so a wrong
 * clock here loses no data.
 */
final class Datums {
  private static final double MICROS_A_MILLI = 1_000;

  private final List<Dimension> dimensions;
  private final List<MetricDatum> datums = new ArrayList<>();

  private Datums(List<Dimension> dimensions) {
    this.dimensions = dimensions;
  }

  /** Returns all metrics of an endpoint. */
  static List<MetricDatum> ofEndpoint(String endpoint, Sums sums) {
    Datums made = new Datums(List.of(dimension(Metrics.ENDPOINT, endpoint)));
    made.summary(sums);
    made.details(sums);
    return made.datums;
  }

  /** Returns the metrics of a model at an endpoint. */
  static List<MetricDatum> ofModel(String endpoint, String model, Sums sums) {
    Datums made =
        new Datums(List.of(dimension(Metrics.ENDPOINT, endpoint), dimension(Metrics.MODEL, model)));
    made.summary(sums);
    return made.datums;
  }

  /** Returns the sums of several endpoints, as the same metrics without their endpoint. */
  static List<MetricDatum> ofAll(Sums sums) {
    Datums made = new Datums(List.of());
    made.summary(sums);
    made.faults(sums); // an alarm cannot add up metrics that it does not name
    return made.datums;
  }

  /** Returns a current value, which is not a sum. */
  static MetricDatum gauge(Metrics metric, double value) {
    return MetricDatum.builder()
        .metricName(metric.metric())
        .unit(metric.unit())
        .value(value)
        .build();
  }

  private void summary(Sums sums) {
    count(Metrics.CACHE_HITS, sums);
    count(Metrics.CACHE_MISSES, sums);
    hitRate(sums.count(Metrics.CACHE_HITS), sums.count(Metrics.CACHE_MISSES));
    money(Metrics.COST_SAVED, sums.money().saved(), sums.money().lost());
    money(Metrics.BEDROCK_COST, sums.money().bedrock(), new Values());
    count(Metrics.BEDROCK_ERRORS, sums);
    count(Metrics.UNPRICED, sums);
    values(Metrics.RESPONSE_TIME, sums.times().all(), MICROS_A_MILLI);
  }

  private void details(Sums sums) {
    count(Metrics.CACHE_INVALIDATIONS, sums);
    count(Metrics.HOT_HITS, sums);
    count(Metrics.WARM_HITS, sums);
    count(Metrics.COALESCED, sums);
    count(Metrics.STALE_SERVED, sums);
    for (CacheReason reason : CacheReason.values()) {
      Dimension which = dimension(Metrics.REASON, reason.name());
      count(Metrics.BYPASSES, sums.counts()[Sums.bypass(reason)], which);
      count(Metrics.REFUSALS, sums.counts()[Sums.refusal(reason)], which);
    }
    count(Metrics.KEPT, sums);
    count(Metrics.STORED, sums);
    faults(sums);
    values(Metrics.STORE_LATENCY, sums.times().lookUps(), MICROS_A_MILLI);
    values(Metrics.ENTRY_BYTES, sums.entryBytes(), 1);
    values(
        Metrics.RESPONSE_TIME,
        sums.times().cached(),
        MICROS_A_MILLI,
        dimension(Metrics.CACHED, "true"));
    values(
        Metrics.RESPONSE_TIME,
        sums.times().uncached(),
        MICROS_A_MILLI,
        dimension(Metrics.CACHED, "false"));
  }

  private void faults(Sums sums) {
    for (CacheFault fault : CacheFault.values()) {
      Dimension which = dimension(Metrics.FAULT, fault.name());
      count(Metrics.STORE_ERRORS, sums.counts()[Sums.of(fault)], which);
    }
  }

  private void count(Metrics metric, Sums sums) {
    count(metric, sums.count(metric));
  }

  private void count(Metrics metric, long count, Dimension... more) {
    if (count > 0) {
      add(metric, List.of(new Values.Point(1, count)), more);
    }
  }

  private void hitRate(long hits, long misses) {
    List<Values.Point> points = new ArrayList<>();
    if (misses > 0) {
      points.add(new Values.Point(0, misses));
    }
    if (hits > 0) {
      points.add(new Values.Point(100, hits));
    }
    if (!points.isEmpty()) {
      add(Metrics.CACHE_HIT_RATE, points);
    }
  }

  private void money(Metrics metric, Values gains, Values losses) {
    List<Values.Point> points = Values.points(gains, losses, Sums.PARTS_A_USD);
    if (!points.isEmpty()) {
      add(metric, points);
    }
  }

  private void values(Metrics metric, Values values, double divisor, Dimension... more) {
    List<Values.Point> points = values.points(divisor);
    if (!points.isEmpty()) {
      add(metric, points, more);
    }
  }

  private void add(Metrics metric, List<Values.Point> points, Dimension... more) {
    List<Dimension> all = new ArrayList<>(dimensions);
    all.addAll(List.of(more));
    datums.add(
        MetricDatum.builder()
            .metricName(metric.metric())
            .unit(metric.unit())
            .dimensions(all)
            .values(points.stream().map(Values.Point::value).toList())
            .counts(points.stream().map(Values.Point::count).toList())
            .build());
  }

  private static Dimension dimension(String name, String value) {
    return Dimension.builder().name(name).value(value).build();
  }
}
