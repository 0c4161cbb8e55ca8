package com.gymcoach.bedrock.examples.quickstart;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Prints the tour: one row after each step. */
final class Report {
  private static final String ROW = "%-3s %-34s %-8s %9s %5s %-12s %-10s %s%n";

  private final PrintStream out;

  Report(PrintStream out) {
    this.out = out;
  }

  void begin(String introduction) {
    out.println("A tour of bedrock-cache.");
    out.println();
    out.print(introduction);
    out.println(
        "Each step is judged by the requests that arrived meanwhile at Bedrock / at DynamoDB to");
    out.println("look up / at DynamoDB for anything else, as counted outside the cache.");
    out.println();
    out.printf(ROW, "", "step", "source", "latency", "age", "tokens", "arrived", "why");
  }

  void row(Step step, Answer got, Duration latency, Counts arrived, List<String> problems) {
    ConverseResponse answer = got.response();
    CacheOutcome outcome = CacheOutcome.of(answer);
    int tokens = answer.usage().totalTokens();
    out.printf(
        Locale.ROOT,
        ROW,
        step.number(),
        step.title(),
        outcome.source().wireName(),
        millis(latency),
        outcome.age().toSeconds() + " s",
        outcome.cached() ? "0, saved " + tokens : Integer.toString(tokens),
        arrived,
        why(outcome, arrived) + firstText(got));
    problems.forEach(this::wrong);
  }

  /** Prints a step that failed without an answer. */
  void failed(Step step, RuntimeException e) {
    out.printf(ROW, step.number(), step.title(), "-", "-", "-", "-", "-", "no answer");
    wrong(e.getClass().getSimpleName() + ": " + e.getMessage());
  }

  void end(int failed) {
    out.println();
    out.println(
        failed == 0
            ? "Every step did what it says."
            : failed
                + (failed == 1 ? " step" : " steps")
                + " did not do what the tour says: FAILED.");
  }

  private void wrong(String problem) {
    out.println("    ^ WRONG: " + problem);
  }

  private static String millis(Duration latency) {
    return String.format(Locale.ROOT, "%,.1f ms", latency.toNanos() / 1e6);
  }

  private static String firstText(Answer got) {
    return got.firstText() == null ? "" : "; first text after " + millis(got.firstText());
  }

  private static String why(CacheOutcome outcome, Counts arrived) {
    if (outcome.cached()) {
      String where = outcome.source() == CacheSource.HOT ? "in memory" : "in DynamoDB";
      return where + ", good for " + left(outcome);
    }
    String why = outcome.reason().map(Report::words).orElse("the cache took no part");
    if (!outcome.kept() && !outcome.stored()) {
      return arrived.others() == 0 ? why : why + "; kept when it had ended";
    }
    String where = outcome.stored() ? "kept" : "kept in memory";
    return why + "; " + where + ", good for " + left(outcome);
  }

  private static String left(CacheOutcome outcome) {
    Duration left = outcome.ttl().orElse(Duration.ZERO);
    return left.toHours() > 1 ? left.toHours() + " h" : left.toMinutes() + " min";
  }

  private static String words(CacheReason reason) {
    return switch (reason) {
      case ABSENT -> "nothing kept for it";
      case MAX_TOKENS -> "cut off: returned, not kept";
      default -> reason.name();
    };
  }
}
