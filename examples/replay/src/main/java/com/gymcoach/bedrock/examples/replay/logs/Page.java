package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.examples.replay.logs.Bootstrap.Interval;
import com.gymcoach.bedrock.examples.replay.logs.Groups.Group;
import com.gymcoach.bedrock.examples.replay.logs.Plot.Series;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The findings as one page of HTML that loads nothing from elsewhere. */
final class Page {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de;
        --back: #ffffff; --c0: #8c959f; --c1: #0969da; --c2: #bc4c00; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #e6edf3; --soft: #9ea7b3; --line: #3d444d; --back: #0d1117;
          --c0: #768390; --c1: #58a6ff; --c2: #f0883e; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back);
        max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
      table { border-collapse: collapse; display: block; overflow-x: auto; font-size: .85rem; }
      th.group { padding-top: 1rem; }
      th, td { padding: .25rem .55rem; border-bottom: 1px solid var(--line); text-align: right;
        white-space: nowrap; }
      th:first-child, td:first-child { text-align: left; }
      pre { padding: 1rem; border: 1px solid var(--line); overflow-x: auto; }
      svg { width: 100%; height: auto; margin: 1rem 0; }
      svg text { fill: var(--ink); font: 13px system-ui, sans-serif; }
      svg .tick { fill: var(--soft); } svg .plot-title { font-weight: 600; font-size: 15px; }
      svg .grid { stroke: var(--line); } svg .zero { stroke: var(--soft); stroke-width: 1.5; }
      svg polyline, svg path { fill: none; stroke-width: 2; }
      .s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); }
      .f0 { fill: var(--c0); } .f1 { fill: var(--c1); } .f2 { fill: var(--c2); }
      """;

  private static final int MOST_LABELS = 8;

  private final Findings findings;
  private final StringBuilder html = new StringBuilder();

  Page(Findings findings) {
    this.findings = findings;
  }

  String html() {
    html.append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width\">\n");
    html.append("<title>Should I cache?</title>\n<style>\n").append(STYLE);
    html.append("</style></head><body>\n<h1>Should I cache?</h1>\n");
    List<Advice> advice = Advice.of(findings, View.SCOPED);
    list(Notes.read(findings));
    heading("Settings to begin with");
    paragraph("For one answer per user, by endpoint. In brackets: the 95 % interval.");
    list(advice.stream().map(one -> one.text(findings.ttls())).toList());
    html.append("<pre>");
    Advice.code(advice, findings.ttls()).forEach(line -> html.append(Text.html(line)).append('\n'));
    html.append("</pre>\n");
    heading("Repeats and money by TTL");
    html.append(hits().svg()).append(money().svg());
    byTtl();
    heading("By model and endpoint");
    byGroup();
    heading("Over time");
    html.append(time().svg());
    heading("What the figures assume");
    list(Notes.assumptions(findings));
    List<String> faults = findings.faults().report();
    if (!faults.isEmpty()) {
      heading("Left out");
      list(faults);
    }
    return html.append("</body></html>\n").toString();
  }

  private List<String> ttls() {
    return findings.ttls().stream().map(LogOptions::text).toList();
  }

  private Plot hits() {
    List<Series> series = new ArrayList<>();
    for (View view : View.values()) {
      Tally total = findings.total(view);
      double[] values = new double[total.hits.length];
      for (int ttl = 0; ttl < values.length; ttl++) {
        values[ttl] = total.hitRate(ttl);
      }
      series.add(Series.of(view.title(), values));
    }
    return new Plot("Hits by TTL", "TTL", "hits, % of all calls", ttls(), series, false);
  }

  private Plot money() {
    List<Series> series = new ArrayList<>();
    for (View view : View.values()) {
      Tally total = findings.total(view);
      int count = total.hits.length;
      double[] values = new double[count];
      double[] low = new double[count];
      double[] high = new double[count];
      for (int ttl = 0; ttl < count; ttl++) {
        Interval interval = total.interval(ttl);
        values[ttl] = total.netPerMonth(ttl);
        low[ttl] = interval.low();
        high[ttl] = interval.high();
      }
      series.add(new Series(view.title(), values, low, high));
    }
    return new Plot(
        "Net saving by TTL, with 95 % intervals", "TTL", "USD in 30 days", ttls(), series, false);
  }

  /** Calls and hits of the TTL with the largest saving. */
  private Plot time() {
    Tally total = findings.total(View.SCOPED);
    int ttl = Math.max(0, Advice.of("all", total).ttl());
    int count = total.callsByPeriod.length;
    double[] calls = new double[count];
    double[] hits = new double[count];
    List<String> places = new ArrayList<>();
    DateTimeFormatter form =
        DateTimeFormatter.ofPattern(
                findings.periods().areHours() ? "d MMM HH:mm" : "d MMM yy", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    int every = Math.max(1, (count + MOST_LABELS - 1) / MOST_LABELS);
    for (int i = 0; i < count; i++) {
      calls[i] = total.callsByPeriod[i];
      hits[i] = total.hitsByPeriod[ttl][i];
      long begin = findings.periods().first() + i * findings.periods().length();
      boolean labelled = i % every == every / 2;
      places.add(labelled ? form.format(Instant.ofEpochMilli(begin)) : "");
    }
    String period = findings.periods().areHours() ? "hour" : "period";
    return new Plot(
        "Calls and hits, one answer per user, TTL " + ttls().get(ttl),
        "time (UTC)",
        "calls in each " + period,
        places,
        List.of(Series.of("calls", calls), Series.of("hits", hits)),
        true);
  }

  private void byTtl() {
    row(
        "th",
        "",
        "TTL",
        "hits",
        "of all",
        "of streams",
        "saved USD",
        "table USD",
        "net USD a month",
        "95 %");
    for (View view : View.values()) {
      Tally total = findings.total(view);
      for (int ttl = 0; ttl < total.hits.length; ttl++) {
        row(
            "td",
            ttl == 0 ? view.title() : "",
            ttls().get(ttl),
            Text.count(total.hits[ttl]),
            Text.percent(total.hitRate(ttl)),
            Text.percent(Tally.percent(total.streamHits[ttl], total.streams)),
            Text.usd(total.saved(ttl)),
            Text.usd(total.table(ttl)),
            Text.usd(total.netPerMonth(ttl)),
            Text.interval(total.interval(ttl)));
      }
      row(
          "td",
          "",
          "ever",
          Text.count(total.repeats),
          Text.percent(Tally.percent(total.repeats, total.calls)),
          "",
          "",
          "",
          "",
          "");
    }
    html.append("</table>\n");
    paragraph(
        "Saved and table are sums over the log's time. Bedrock charged "
            + Text.usd(findings.total(View.SHARED).usd())
            + " USD for all of its calls.");
  }

  private void byGroup() {
    row("th", "TTL", "shared by all", "one per user", "net USD a month, one per user", "95 %");
    for (int i : findings.order()) {
      Group group = findings.groups().get(i);
      Tally exact = findings.tallies(View.EXACT).get(i);
      Tally shared = findings.tallies(View.SHARED).get(i);
      Tally scoped = findings.tallies(View.SCOPED).get(i);
      String head =
          String.format(
              Locale.ROOT,
              "%s, %s: %s calls for %s USD, %s streams, %s exact repeats",
              group.model(),
              group.endpoint(),
              Text.count(shared.calls),
              Text.usd(shared.usd()),
              Text.percent(Tally.percent(shared.streams, shared.calls)),
              Text.percent(Tally.percent(exact.repeats, exact.calls)));
      html.append("<tr><th class=\"group\" colspan=\"5\">").append(Text.html(head));
      html.append("</th></tr>\n");
      for (int ttl = 0; ttl < shared.hits.length; ttl++) {
        row(
            "td",
            ttls().get(ttl),
            Text.percent(shared.hitRate(ttl)),
            Text.percent(scoped.hitRate(ttl)),
            Text.usd(scoped.netPerMonth(ttl)),
            Text.interval(scoped.interval(ttl)));
      }
    }
    html.append("</table>\n");
  }

  private void row(String cell, String... texts) {
    html.append(cell.equals("th") ? "<table>\n<tr>" : "<tr>");
    for (String text : texts) {
      html.append('<').append(cell).append('>').append(Text.html(text));
      html.append("</").append(cell).append('>');
    }
    html.append("</tr>\n");
  }

  private void heading(String text) {
    html.append("<h2>").append(Text.html(text)).append("</h2>\n");
  }

  private void paragraph(String text) {
    html.append("<p>").append(Text.html(text)).append("</p>\n");
  }

  private void list(List<String> items) {
    html.append("<ul>\n");
    items.forEach(item -> html.append("<li>").append(Text.html(item)).append("</li>\n"));
    html.append("</ul>\n");
  }
}
