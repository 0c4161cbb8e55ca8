package com.gymcoach.bedrock.cache.internal.stats;

import com.gymcoach.bedrock.cache.internal.compare.Comparison;
import com.gymcoach.bedrock.cache.internal.compare.Verdict;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** What became of the hits that were to be verified, by endpoint. Thread-safe. */
public final class VerifiedStats {
  private final double percent;
  private final ConcurrentHashMap<String, Sums> byEndpoint = new ConcurrentHashMap<>();

  /** Creates statistics at zero, of a share of hits in percent. */
  public VerifiedStats(double percent) {
    this.percent = percent;
  }

  /** The sums of one endpoint. */
  public static final class Sums {
    private final Map<Verdict, LongAdder> verdicts = Counters.adders(Verdict.values());
    private final DoubleAdder overlap = new DoubleAdder();
    private final LongAdder overlaps = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final DoubleAdder usd = new DoubleAdder();

    /** Returns the number of comparisons with this result. */
    public long of(Verdict verdict) {
      return Objects.requireNonNull(verdicts.get(verdict)).sum();
    }

    /** Returns the sum of the overlaps of different answers that have a text. */
    public double overlap() {
      return overlap.sum();
    }

    /** Returns the number of different answers that have a text. */
    public long overlaps() {
      return overlaps.sum();
    }

    /** Returns the number of calls that failed or whose answer could not be compared. */
    public long failed() {
      return failed.sum();
    }

    /** Returns the number of picked hits for which no answer was compared for another reason. */
    public long skipped() {
      return skipped.sum();
    }

    /** Returns what the calls cost in USD, as far as they have a price. */
    public double usd() {
      return usd.sum();
    }
  }

  /** Records a comparison. */
  public void compared(String endpoint, Comparison comparison) {
    Sums sums = sums(endpoint);
    Objects.requireNonNull(sums.verdicts.get(comparison.verdict())).increment();
    if (comparison.verdict() == Verdict.DIFFERENT && !Double.isNaN(comparison.overlap())) {
      sums.overlap.add(comparison.overlap());
      sums.overlaps.increment();
    }
  }

  /** Records a call that failed, or whose answer could not be compared. */
  public void failed(String endpoint) {
    sums(endpoint).failed.increment();
  }

  /** Records a picked hit that was not verified. */
  public void skipped(String endpoint) {
    sums(endpoint).skipped.increment();
  }

  /** Records the cost of a call in USD; NaN is unknown and adds nothing. */
  public void cost(String endpoint, double usd) {
    if (!Double.isNaN(usd)) {
      sums(endpoint).usd.add(usd);
    }
  }

  private Sums sums(String endpoint) {
    return StatsRecorder.named(byEndpoint, endpoint, StatsRecorder.MAX_ENDPOINTS, Sums::new);
  }

  /** Returns the share of hits that are picked, in percent. */
  public double percent() {
    return percent;
  }

  /** Returns the sums so far, by endpoint. */
  public Map<String, Sums> byEndpoint() {
    return Map.copyOf(byEndpoint);
  }
}
