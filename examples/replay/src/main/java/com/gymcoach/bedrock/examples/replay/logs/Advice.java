package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.examples.replay.logs.Bootstrap.Interval;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Settings to begin with, for an endpoint: the shortest TTL that saves nearly as much as the best
 * one, or none if caching does not pay.
 *
 * @param ttl the position of the TTL in the list of TTLs, or -1 to leave the endpoint out
 * @param isCertain whether the 95 % interval of the net saving does not contain zero
 */
record Advice(String endpoint, int ttl, boolean isCertain, double netPerMonth, Interval interval) {
  /** A shorter TTL is better for its users, as long as it saves nine tenths as much. */
  private static final double NEARLY = 0.9;

  private static final int NONE = -1;

  /** As many as {@code Map.ofEntries} that one can still read. */
  private static final int MOST_ENTRIES = 10;

  static List<Advice> of(Findings findings, View view) {
    List<Advice> all = new ArrayList<>();
    findings.byEndpoint(view).forEach((endpoint, tally) -> all.add(of(endpoint, tally)));
    return all;
  }

  static Advice of(String endpoint, Tally tally) {
    int best = 0;
    for (int ttl = 1; ttl < tally.hits.length; ttl++) {
      best = tally.net(ttl) > tally.net(best) ? ttl : best;
    }
    boolean pays = tally.net(best) > 0;
    int chosen = 0;
    while (pays && tally.net(chosen) < NEARLY * tally.net(best)) {
      chosen++;
    }
    chosen = pays ? chosen : best;
    Interval interval = tally.interval(chosen);
    boolean certain = interval.isKnown() && (interval.low() > 0 || interval.high() < 0);
    return new Advice(endpoint, pays ? chosen : NONE, certain, tally.netPerMonth(chosen), interval);
  }

  /** Returns whether the endpoint has a name in the log; calls without one are all together. */
  private boolean isNamed() {
    return !endpoint.startsWith("(");
  }

  boolean pays() {
    return ttl != NONE;
  }

  /** Returns the advice in a sentence. */
  String text(List<Duration> ttls) {
    String range = Text.usd(netPerMonth) + " USD a month (" + Text.interval(interval) + ")";
    if (!pays()) {
      return endpoint + ": leave it out by CachePolicy.mayServe; it would lose " + range + ".";
    }
    return String.format(
        Locale.ROOT,
        "%s: TTL %s saves %s%s",
        endpoint,
        LogOptions.text(ttls.get(ttl)),
        range,
        isCertain ? "." : "; not certain: look at OBSERVE first.");
  }

  /** Returns the settings as code; in observe mode, which changes no answer. */
  static List<String> code(List<Advice> advice, List<Duration> ttls) {
    List<String> lines = new ArrayList<>();
    lines.add("BedrockCache.builder()");
    lines.add("    .mode(CacheMode.OBSERVE) // first; then ON with rolloutPercent");
    lines.add("    .store(store)");
    lines.add("    .ttlPolicy(");
    lines.add("        TtlPolicy.byEndpoint(");
    List<Advice> paying =
        advice.stream().filter(one -> one.pays() && one.isNamed()).limit(MOST_ENTRIES).toList();
    if (paying.isEmpty()) {
      lines.add("            Map.of(),");
    } else {
      lines.add("            Map.ofEntries(");
      for (int i = 0; i < paying.size(); i++) {
        lines.add(
            String.format(
                Locale.ROOT,
                "                Map.entry(\"%s\", Duration.ofSeconds(%d))%s",
                paying.get(i).endpoint(),
                ttls.get(paying.get(i).ttl()).toSeconds(),
                i == paying.size() - 1 ? ")," : ","));
      }
    }
    lines.add("            Duration.ZERO)) // other endpoints: nothing is kept");
    lines.add("    .build();");
    return lines;
  }
}
