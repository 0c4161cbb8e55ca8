package com.gymcoach.bedrock.examples.replay.logs;

import com.gymcoach.bedrock.examples.replay.logs.Groups.Group;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints the findings in short. */
final class ConsoleReport {
  private final Findings findings;
  private final PrintStream out;

  ConsoleReport(Findings findings, PrintStream out) {
    this.findings = findings;
    this.out = out;
  }

  void print() {
    out.println();
    Notes.read(findings).forEach(out::println);
    out.println();
    repeats();
    groups();
    advice();
    Notes.assumptions(findings).forEach(note -> out.println("- " + note));
    List<String> faults = findings.faults().report();
    if (!faults.isEmpty()) {
      out.println();
      out.println("Left out:");
      faults.forEach(fault -> out.println("  " + fault));
    }
  }

  private void repeats() {
    Tally any = findings.total(View.SHARED);
    out.printf(
        Locale.ROOT,
        "%-14s %7s %7s  %12s %11s %11s  %s%n",
        "",
        "TTL",
        "hits",
        "hits",
        "saved USD",
        "table USD",
        "net USD a month (95 %)");
    for (View view : View.values()) {
      Tally total = findings.total(view);
      for (int ttl = 0; ttl < findings.ttls().size(); ttl++) {
        out.printf(
            Locale.ROOT,
            "%-14s %7s %7s  %12s %11s %11s  %s (%s)%n",
            ttl == 0 ? view.title() : "",
            LogOptions.text(findings.ttls().get(ttl)),
            Text.percent(total.hitRate(ttl)),
            Text.count(total.hits[ttl]),
            Text.usd(total.saved(ttl)),
            Text.usd(total.table(ttl)),
            Text.usd(total.netPerMonth(ttl)),
            Text.interval(total.interval(ttl)));
      }
      out.printf(
          Locale.ROOT,
          "%-14s %7s %7s  %12s%n",
          "",
          "ever",
          Text.percent(Tally.percent(total.repeats, total.calls)),
          Text.count(total.repeats));
    }
    out.println("Bedrock charged " + Text.usd(any.usd()) + " USD for all calls.");
    out.println();
  }

  private void groups() {
    int ttl = findings.ttls().size() / 2;
    out.printf(
        Locale.ROOT,
        "TTL %s: %-28s %-20s %12s %8s %8s %8s %14s%n",
        LogOptions.text(findings.ttls().get(ttl)),
        "model",
        "endpoint",
        "calls",
        "streams",
        "shared",
        "by user",
        "net USD/month");
    for (int i : findings.order()) {
      Group group = findings.groups().get(i);
      Tally shared = findings.tallies(View.SHARED).get(i);
      Tally scoped = findings.tallies(View.SCOPED).get(i);
      out.printf(
          Locale.ROOT,
          "  %-37s %-20s %12s %8s %8s %8s %14s%n",
          group.model(),
          group.endpoint(),
          Text.count(shared.calls),
          Text.percent(Tally.percent(shared.streams, shared.calls)),
          Text.percent(shared.hitRate(ttl)),
          Text.percent(scoped.hitRate(ttl)),
          Text.usd(scoped.netPerMonth(ttl)));
    }
    out.println();
  }

  private void advice() {
    out.println("Settings to begin with, an answer for each user:");
    List<Advice> all = Advice.of(findings, View.SCOPED);
    all.forEach(one -> out.println("- " + one.text(findings.ttls())));
    out.println();
    Advice.code(all, findings.ttls()).forEach(line -> out.println("    " + line));
    out.println();
  }
}
