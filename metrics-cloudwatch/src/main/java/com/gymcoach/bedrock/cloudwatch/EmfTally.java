package com.gymcoach.bedrock.cloudwatch;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Writes a call's metrics into its line. Used by one thread. */
final class EmfTally implements Tally {
  private static final double NANOS_A_MILLI = 1e6;
  private static final List<String> NOTHING = List.of();
  private static final List<String> ENDPOINT = List.of(Metrics.ENDPOINT);

  /** The endpoint's metrics, and those of all endpoints. */
  private static final List<List<String>> SUMMARY = List.of(ENDPOINT, NOTHING);

  private static final List<List<String>> SUMMARY_AND_MODEL =
      List.of(ENDPOINT, NOTHING, List.of(Metrics.ENDPOINT, Metrics.MODEL));
  static final List<List<String>> DETAIL = List.of(ENDPOINT);

  /** Also for all endpoints together: an alarm cannot add up metrics that it does not name. */
  static final List<List<String>> BY_FAULT =
      List.of(List.of(Metrics.ENDPOINT, Metrics.FAULT), List.of(Metrics.FAULT));

  private static final List<List<String>> BY_REASON =
      List.of(List.of(Metrics.ENDPOINT, Metrics.REASON));

  /** Also broken down by whether the answer was cached. */
  private static final List<List<String>> TIME = withCached(SUMMARY);

  private static final List<List<String>> TIME_BY_MODEL = withCached(SUMMARY_AND_MODEL);

  private final EmfLine line;
  private final boolean byModel;
  private final List<CacheFault> moreFaults = new ArrayList<>();
  private boolean faulty;

  EmfTally(EmfLine line, boolean byModel) {
    this.line = line;
    this.byModel = byModel;
  }

  /** Returns the faults beyond the first: a line holds only one value per dimension. */
  List<CacheFault> moreFaults() {
    return moreFaults;
  }

  @Override
  public void count(Metrics metric) {
    line.metric(metric, 1, sets(metric));
  }

  @Override
  public void count(Metrics metric, CacheReason reason) {
    line.dimension(Metrics.REASON, reason.name()).metric(metric, 1, BY_REASON);
  }

  @Override
  public void fault(CacheFault fault) {
    if (faulty) {
      moreFaults.add(fault);
      return;
    }
    faulty = true;
    add(fault, line);
  }

  static void add(CacheFault fault, EmfLine line) {
    line.dimension(Metrics.FAULT, fault.name())
        .metric(Metrics.STORE_ERRORS, 1, BY_FAULT)
        .field(Metrics.LOG_FAULT, fault.name());
  }

  @Override
  public void lookedUp(boolean hit) {
    line.metric(Metrics.CACHE_HIT_RATE, hit ? 100 : 0, sets(Metrics.CACHE_HIT_RATE));
  }

  @Override
  public void usd(Metrics metric, double usd) {
    line.metric(metric, usd, sets(metric));
  }

  @Override
  public void answered(Duration took, boolean cached) {
    line.dimension(Metrics.CACHED, Boolean.toString(cached))
        .metric(Metrics.RESPONSE_TIME, millis(took), byModel ? TIME_BY_MODEL : TIME);
  }

  @Override
  public void storeTook(Duration lookUp) {
    line.metric(Metrics.STORE_LATENCY, millis(lookUp), DETAIL);
  }

  @Override
  public void entryBytes(int bytes) {
    line.metric(Metrics.ENTRY_BYTES, bytes, DETAIL);
  }

  private List<List<String>> sets(Metrics metric) {
    if (!metric.isSummary()) {
      return DETAIL;
    }
    return byModel ? SUMMARY_AND_MODEL : SUMMARY;
  }

  static double millis(Duration time) {
    return time.toNanos() / NANOS_A_MILLI;
  }

  private static List<List<String>> withCached(List<List<String>> sets) {
    List<List<String>> more = new ArrayList<>(sets);
    more.add(List.of(Metrics.ENDPOINT, Metrics.CACHED));
    return List.copyOf(more);
  }
}
