package com.gymcoach.bedrock.examples.load;

import com.gymcoach.bedrock.cloudwatch.CloudWatchMetricsSink;
import com.gymcoach.bedrock.examples.load.Samples.Growth;
import com.gymcoach.bedrock.examples.load.Samples.Heap;
import com.gymcoach.bedrock.examples.load.Samples.Sample;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run.
 *
 * @param seconds the duration of the load, without the pauses
 */
record Report(
    Options options,
    Figures figures,
    Samples samples,
    Outage outage,
    double seconds,
    @Nullable CloudWatchMetricsSink sink) {
  private static final int PARTS = 12;

  /**
   * A call paid the table's budget of 50 ms if it took this much more than the bare client's
   * median.
   */
  private static final long PAID_MICROS = TimeUnit.MILLISECONDS.toMicros(45);

  /** Returns the number of wrong answers. */
  long wrong() {
    return Figures.sum(figures.wrong().values());
  }

  /** Returns the number of unexpected failures of calls. */
  long errors() {
    return Figures.sum(figures.errors().values());
  }

  /** Returns the report as text. */
  String text() {
    StringBuilder text = new StringBuilder();
    long calls = 0;
    for (Kind kind : Kind.values()) {
      calls += figures.took(kind, false).getTotalCount();
      calls += figures.took(kind, true).getTotalCount();
    }
    line(
        text,
        "%,d calls in %.0f s: %.1f a second, %s; %d users, %d prompts (Zipf %.2f), %d instances",
        calls,
        seconds,
        calls / seconds,
        options.rate > 0 ? "open loop of " + options.rate : "closed loop of " + options.threads,
        options.users,
        options.prompts,
        options.zipf,
        options.instances);
    line(text, "hit rate %.1f %%", 100.0 * figures.hits() / Math.max(1, figures.looked()));
    line(text, "");
    latencies(text);
    overTime(text);
    line(
        text,
        "invalidations: %,d, and %,d that the table did not acknowledge",
        figures.invalidations(),
        figures.unacknowledged());
    line(text, "refused by Bedrock: %s", counts(figures.bedrocksErrors()));
    line(text, "errors: %s", counts(figures.errors()));
    line(text, "wrong answers: %s", counts(figures.wrong()));
    if (!options.outage.isEmpty()) {
      outage(text);
    }
    return text.toString();
  }

  private void latencies(StringBuilder text) {
    line(
        text,
        "%-12s %-7s %10s %10s %10s %10s %10s",
        "from",
        "",
        "calls",
        "p50 ms",
        "p99 ms",
        "p99.9 ms",
        "max ms");
    for (boolean stream : new boolean[] {false, true}) {
      for (Kind kind : Kind.values()) {
        latency(text, kind.title(), stream ? "stream" : "", figures.took(kind, stream));
      }
    }
    line(text, "");
  }

  private static void latency(StringBuilder text, String from, String how, Histogram took) {
    if (took.getTotalCount() > 0) {
      line(
          text,
          "%-12s %-7s %,10d %,10.2f %,10.2f %,10.2f %,10.2f",
          from,
          how,
          took.getTotalCount(),
          took.getValueAtPercentile(50) / 1e3,
          took.getValueAtPercentile(99) / 1e3,
          took.getValueAtPercentile(99.9) / 1e3,
          took.getMaxValue() / 1e3);
    }
  }

  private void overTime(StringBuilder text) {
    List<Sample> all = samples.all();
    line(text, "%8s %10s %8s %8s %8s", "second", "calls/s", "hits %", "threads", "files");
    int step = Math.max(1, all.size() / PARTS);
    for (int from = 0; from + step <= all.size(); from += step) {
      List<Sample> part = all.subList(from, from + step);
      Sample last = part.get(step - 1);
      line(
          text,
          "%8.0f %10.1f %8.1f %8d %8d",
          last.seconds(),
          part.stream().mapToDouble(Sample::rate).average().orElse(0),
          part.stream().mapToDouble(Sample::hitRate).filter(Double::isFinite).average().orElse(0),
          last.threads(),
          last.files());
    }
    line(text, "");
    StringBuilder heaps = new StringBuilder();
    for (Heap heap : samples.heaps()) {
      heaps.append(String.format(Locale.ROOT, " %.1f", heap.megabytes()));
    }
    line(text, "heap after a full collection, MB:%s", heaps);
    Growth growth = Samples.growth(samples.heaps());
    line(
        text,
        "it grows by %.2f MB/h, within %.2f at 95 %% confidence, over the last two thirds of the time",
        growth.megabytesPerHour(),
        growth.error());
  }

  private void outage(StringBuilder text) {
    line(text, "");
    line(text, "Outage, %s, %d s:", options.outage, options.outageFor.toSeconds());
    for (Phase phase : Phase.values()) {
      for (Kind kind : Kind.values()) {
        latency(text, kind.title(), phase.title(), figures.took(phase, kind, false));
      }
    }
    if (sink != null) {
      line(text, "metrics: %s", sink.delivery());
      return;
    }
    line(
        text,
        "all instances left the table alone after %,d ms, for %,d ms, in %,d calls",
        outage.opening().toMillis(),
        outage.open().toMillis(),
        outage.leftAlone());
    line(
        text,
        "calls that paid the budget, of each instance by its own count: %s for a look-up, %s for a"
            + " write; the table refused %s; %,d of %,d took 45 ms more than the bare client's"
            + " median, as did %,d of the bare client's own %,d",
        outage.timeouts(),
        outage.lateWrites(),
        outage.refused(),
        slow(false),
        count(false),
        slow(true),
        count(true));
    Histogram through = figures.took(Phase.OPEN, Kind.BEDROCK, false);
    Histogram bare = figures.took(Phase.OPEN, Kind.BARE, false);
    line(
        text,
        "added once they left it alone: p50 %.2f ms, p99 %.2f ms",
        (through.getValueAtPercentile(50) - bare.getValueAtPercentile(50)) / 1e3,
        (through.getValueAtPercentile(99) - bare.getValueAtPercentile(99)) / 1e3);
    line(
        text,
        "requests that arrived at DynamoDB: %,d until then, %,d after: probes, and invalidations",
        outage.arrivedWhileOpening(),
        outage.arrivedWhileOpen());
    long recovery = outage.recoveryMillis();
    line(
        text,
        "first warm hit after the end: %s",
        recovery < 0 ? "none" : Duration.ofMillis(recovery).toMillis() + " ms");
  }

  /**
   * Returns the number of non-stream calls in the outage that took more than the threshold. A call
   * that asks Bedrock is also allowed the bare client's median.
   */
  private long slow(boolean isBare) {
    long threshold = PAID_MICROS;
    Histogram bare = new Histogram(Figures.MAX_DURATION, 3);
    bare.add(figures.took(Phase.OPENING, Kind.BARE, false));
    bare.add(figures.took(Phase.OPEN, Kind.BARE, false));
    long asBare = threshold + bare.getValueAtPercentile(50);
    long slow = 0;
    for (Phase phase : List.of(Phase.OPENING, Phase.OPEN)) {
      for (Kind kind : Kind.values()) {
        if ((kind == Kind.BARE) == isBare) {
          boolean asksBedrock = kind != Kind.HOT && kind != Kind.WARM;
          slow +=
              figures
                  .took(phase, kind, false)
                  .getCountBetweenValues(asksBedrock ? asBare : threshold, Figures.MAX_DURATION);
        }
      }
    }
    return slow;
  }

  private long count(boolean isBare) {
    long count = 0;
    for (Phase phase : List.of(Phase.OPENING, Phase.OPEN)) {
      for (Kind kind : Kind.values()) {
        count +=
            (kind == Kind.BARE) == isBare ? figures.took(phase, kind, false).getTotalCount() : 0;
      }
    }
    return count;
  }

  private static String counts(Map<String, Long> counts) {
    return counts.isEmpty() ? "0" : Figures.sum(counts.values()) + " " + counts;
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
