package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cloudwatch.EndpointCells.Row;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

/**
 * The content of one request: whole endpoints, and their sums without a dimension, so that both
 * arrive or neither does. If an interval needs several requests, CloudWatch adds up their sums.
 * Used by one thread.
 */
final class Batch {
  /** CloudWatch's limit of metrics per request. */
  static final int MAX_METRICS = 1_000;

  /** Stays below CloudWatch's limit of 1 MB, ignoring that requests are compressed. */
  static final int MAX_BYTES = 900_000;

  /** The most space taken by the sums without an endpoint and a gauge. */
  private static final int SUMMARY_METRICS = 10 + CacheFault.values().length;

  private static final int SUMMARY_BYTES = 20_000;

  private final List<Row> rows = new ArrayList<>();
  private final List<MetricDatum> datums = new ArrayList<>();
  private final Sums sums = Sums.none();
  private long bytes = SUMMARY_BYTES;

  /** Packs the rows, in their order, into as few batches as the limits allow. */
  static List<Batch> pack(List<Row> rows) {
    List<Batch> batches = new ArrayList<>();
    for (Row row : rows) {
      Batch last = batches.isEmpty() ? null : batches.get(batches.size() - 1);
      if (last == null || !last.hasRoomFor(row)) {
        last = new Batch();
        batches.add(last);
      }
      last.add(row);
    }
    return batches;
  }

  private boolean hasRoomFor(Row row) {
    return datums.size() + row.datums().size() + SUMMARY_METRICS <= MAX_METRICS
        && bytes + bytes(row) <= MAX_BYTES;
  }

  private void add(Row row) {
    rows.add(row);
    datums.addAll(row.datums());
    sums.add(row.sums());
    bytes += bytes(row);
  }

  /** Adds a metric that belongs to no endpoint. */
  void addGauge(MetricDatum gauge) {
    datums.add(gauge);
  }

  List<Row> rows() {
    return rows;
  }

  PutMetricDataRequest request(String namespace) {
    List<MetricDatum> all = new ArrayList<>(datums);
    all.addAll(Datums.ofAll(sums));
    return PutMetricDataRequest.builder().namespace(namespace).metricData(all).build();
  }

  private static long bytes(Row row) {
    return row.datums().stream().mapToLong(Batch::bytes).sum();
  }

  /**
   * Returns an upper bound of a metric's size in CBOR: the names of its members, its texts and its
   * numbers.
   */
  private static long bytes(MetricDatum datum) {
    long texts =
        datum.dimensions().stream()
            .mapToLong(d -> d.name().length() + d.value().length() + 24)
            .sum();
    return 100 + datum.metricName().length() + texts + 20L * datum.values().size();
  }
}
