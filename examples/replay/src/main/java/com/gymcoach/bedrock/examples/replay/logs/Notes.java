package com.gymcoach.bedrock.examples.replay.logs;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The notes of a report: the scope of the figures and their assumptions. */
final class Notes {
  private Notes() {}

  /** Returns what was read. */
  static List<String> read(Findings findings) {
    Tally all = findings.total(View.SHARED);
    Periods periods = findings.periods();
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "%s calls in %s files, from %s to %s",
            Text.count(all.calls),
            Text.count(findings.files().files().size()),
            Instant.ofEpochMilli(periods.first()),
            Instant.ofEpochMilli(periods.first() + periods.span())));
    notes.add(
        String.format(
            Locale.ROOT,
            "Streams: %s of the calls. Only the async client caches them.",
            Text.percent(Tally.percent(all.streams, all.calls))));
    notes.add(
        String.format(
            Locale.ROOT,
            "Answers that the cache would keep: %s. Refused, failed or unknown answers are not.",
            Text.percent(Tally.percent(all.kept, all.calls))));
    long empty = Arrays.stream(all.callsByPeriod).filter(calls -> calls == 0).count();
    if (2 * empty > periods.count()) {
      notes.add(
          "More than half of that time has no call. A month is computed from all of it: check the"
              + " first and the last time.");
    }
    addIf(notes, findings.duplicates(), "records were in the log twice; they count once.");
    addIf(notes, all.failed, "calls failed. They cost nothing, and nothing is kept of them.");
    addIf(notes, all.unknown, "requests are not in the log (over 100 KB, or delivery is off).");
    addIf(notes, all.answersUnknown, "answers are not in the log. They count as not kept.");
    addIf(
        notes,
        all.calls - all.unknown - all.lookedUp,
        "calls would bypass the cache: images and other S3 locations, drafts, own models.");
    addIf(
        notes,
        findings.total(View.SHARED).lookedUp - findings.total(View.SCOPED).lookedUp,
        "calls name no user. A cache for each user leaves them alone.");
    addIf(notes, all.unpriced, "calls have no price or no token counts. They save nothing here.");
    addIf(
        notes,
        findings.faults().count(),
        "of "
            + Text.count(findings.faults().lines())
            + " lines, or files, were left out; see the end.");
    return notes;
  }

  private static void addIf(List<String> notes, long count, String text) {
    if (count > 0) {
      notes.add(Text.count(count) + " " + text);
    }
  }

  /** Returns what the figures assume. */
  static List<String> assumptions(Findings findings) {
    List<String> notes = new ArrayList<>();
    notes.add("An endpoint is " + findings.endpoint() + "; the log has no other name for it.");
    notes.add("A user is " + findings.scope() + ".");
    if (findings.options().scopeKey() == null) {
      notes.add(
          "One role may serve many users. Then \"one per user\" is too high: name the metadata"
              + " that holds the user by --scope.");
    }
    notes.add(
        "A kept answer lives for the TTL from its own call on; nothing is evicted. Calls that"
            + " overlap count as hits: the cache lets them share one call.");
    notes.add(
        "Every look-up goes to the table, and answers are not compressed. Memory and compression"
            + " make the table cheaper. Storage is not counted.");
    notes.add(
        "Prices are those of "
            + findings.prices().date()
            + ", in USD. A hit saves what its call cost.");
    notes.add(
        "A month has 30 days like those of the log. The interval has 95 %: a circular block"
            + " bootstrap over "
            + Text.count(findings.periods().count())
            + (findings.periods().areHours() ? " hours" : " periods of days")
            + ", in blocks of "
            + findings.periods().block()
            + ".");
    if (findings.periods().span() < 7 * 86_400_000L) {
      notes.add("The log is shorter than a week: it may lack a weekend.");
    }
    notes.add("Hits on answers from before the log's first call are not seen.");
    if (findings.tooManyGroups()) {
      notes.add("There were too many models and endpoints; the later ones are counted together.");
    }
    return notes;
  }
}
