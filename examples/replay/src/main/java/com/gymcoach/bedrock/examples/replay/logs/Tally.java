package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.examples.replay.logs.Bootstrap.Interval;
import java.util.Arrays;

/**
 * The figures of a group of calls in one view, for each TTL. Money is added up in millionths of a
 * millionth of a USD, so that sums do not depend on the order of the calls.
 */
final class Tally {
  private static final double PICO = 1e-12;

  private final Periods periods;
  long calls;
  long streams;
  long lookedUp;
  long kept;
  long failed;
  long unknown;
  long answersUnknown;
  long unpriced;
  private long charged;

  /** Calls whose key occurred before, at any distance. */
  long repeats;

  final long[] hits;
  final long[] streamHits;
  private final long[] saved;
  private final long[] table;
  final long[] callsByPeriod;
  final long[][] hitsByPeriod;
  private final long[][] netByPeriod;

  Tally(int ttls, Periods periods) {
    this.periods = periods;
    hits = new long[ttls];
    streamHits = new long[ttls];
    saved = new long[ttls];
    table = new long[ttls];
    callsByPeriod = new long[periods.count()];
    hitsByPeriod = new long[ttls][periods.count()];
    netByPeriod = new long[ttls][periods.count()];
  }

  void add(Tally other) {
    calls += other.calls;
    streams += other.streams;
    lookedUp += other.lookedUp;
    kept += other.kept;
    failed += other.failed;
    unknown += other.unknown;
    answersUnknown += other.answersUnknown;
    unpriced += other.unpriced;
    charged += other.charged;
    repeats += other.repeats;
    for (int period = 0; period < callsByPeriod.length; period++) {
      callsByPeriod[period] += other.callsByPeriod[period];
    }
    for (int ttl = 0; ttl < hits.length; ttl++) {
      hits[ttl] += other.hits[ttl];
      streamHits[ttl] += other.streamHits[ttl];
      saved[ttl] += other.saved[ttl];
      table[ttl] += other.table[ttl];
      for (int period = 0; period < callsByPeriod.length; period++) {
        hitsByPeriod[ttl][period] += other.hitsByPeriod[ttl][period];
        netByPeriod[ttl][period] += other.netByPeriod[ttl][period];
      }
    }
  }

  double hitRate(int ttl) {
    return percent(hits[ttl], calls);
  }

  /** Adds what Bedrock charged for a call. */
  void charge(double usd) {
    charged += pico(usd);
  }

  /** Adds what a look-up saved and what the table charged for it. */
  void book(int ttl, int period, double usdSaved, double usdOfTable) {
    saved[ttl] += pico(usdSaved);
    table[ttl] += pico(usdOfTable);
    netByPeriod[ttl][period] += pico(usdSaved) - pico(usdOfTable);
  }

  private static long pico(double usd) {
    return Math.round(usd / PICO);
  }

  /** Returns what Bedrock charged, in USD. */
  double usd() {
    return charged * PICO;
  }

  /** Returns the price of the calls that would not have been made, in USD. */
  double saved(int ttl) {
    return saved[ttl] * PICO;
  }

  /** Returns the price of the table's units, in USD. */
  double table(int ttl) {
    return table[ttl] * PICO;
  }

  /** Returns the saved calls less the table, over the log's time, in USD. */
  double net(int ttl) {
    return (saved[ttl] - table[ttl]) * PICO;
  }

  /** Returns the same for each period. */
  double[] netByPeriod(int ttl) {
    return Arrays.stream(netByPeriod[ttl]).mapToDouble(net -> net * PICO).toArray();
  }

  /** Returns the net saving in 30 days, in USD. */
  double netPerMonth(int ttl) {
    return net(ttl) * periods.toMonth();
  }

  /** Returns the 95 % interval of the net saving in 30 days, in USD, or none. */
  Interval interval(int ttl) {
    if (!periods.areEnough()) {
      return Interval.NONE;
    }
    return Bootstrap.ofSum(netByPeriod(ttl), periods.block()).times(periods.toMonth());
  }

  static double percent(long part, long all) {
    return all == 0 ? 0 : 100.0 * part / all;
  }
}
