package com.gymcoach.bedrock.examples.replay;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.examples.replay.Run.Result;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Replays a trace of calls: first in observe mode, then with the cache on for each TTL and memory
 * size. Prints the results and plots the hit rate over time.
 */
public final class Replay {
  private static final int PARTS = 60;

  private final Options options;
  private final PrintStream out;
  private final boolean isTerminal;

  private Replay(Options options, PrintStream out, boolean isTerminal) {
    this.options = options;
    this.out = out;
    this.isTerminal = isTerminal;
  }

  /** Runs the replay. Exits with 2 if an argument or the trace is invalid. */
  public static void main(String[] args) {
    System.exit(run(System.out, Terminal.isOutput(), args));
  }

  static int run(PrintStream out, String... args) {
    return run(out, false, args);
  }

  private static int run(PrintStream out, boolean isTerminal, String... args) {
    try {
      Options options = Options.parse(args);
      if (options.help()) {
        out.print(Options.USAGE);
      } else {
        new Replay(options, out, isTerminal).replay();
      }
      return 0;
    } catch (IllegalArgumentException | IOException e) {
      out.println(e.getMessage());
      out.print(e instanceof IOException ? "" : Options.USAGE);
      return 2;
    }
  }

  private void replay() throws IOException {
    TokenUsage any = new TokenUsage(1, 1, 0, 0);
    if (PriceList.standard().usd(options.model(), PriceTier.STANDARD, any).isEmpty()) {
      throw new IllegalArgumentException(
          "There is no price for --model " + options.model() + " in the standard list.");
    }
    Trace trace = options.load();
    if (trace.asks().isEmpty()) {
      throw new IOException("The trace " + trace.name() + " has no calls");
    }
    List<Duration> ttls = options.ttls();
    List<Long> sizes = options.hotBytes();
    long all = (1L + (long) ttls.size() * sizes.size()) * trace.asks().size();
    Progress progress = new Progress(isTerminal ? out : null, all);
    introduce(trace);
    long largest = Collections.max(sizes);
    Duration middle = ttls.get(ttls.size() / 2);
    Result watched = play(trace, CacheMode.OBSERVE, middle, Math.max(1, largest), 1, progress);
    Map<String, List<Double>> rates = new LinkedHashMap<>();
    StringBuilder rows = new StringBuilder();
    StringBuilder endpoints = new StringBuilder();
    for (Duration ttl : ttls) {
      for (long size : sizes) {
        Result on = play(trace, CacheMode.ON, ttl, size, options.processes(), progress);
        rows.append(row(text(ttl), bytes(size), on));
        if (size == largest) {
          rates.put(text(ttl), on.hitRates());
          on.byEndpoint().forEach((name, part) -> endpoints.append(row(text(ttl), name, part)));
        }
      }
    }
    out.printf(
        Locale.ROOT,
        "OBSERVE, one process, TTL %s, %s: would answer %.1f %% of %,d calls and save %.4f USD%n%n",
        text(middle),
        bytes(Math.max(1, largest)),
        watched.hitRate(),
        watched.calls(),
        watched.savedUsd());
    out.println(
        "ON      TTL  memory   hits    hot   warm  model calls      p50      p99     mean"
            + "   Bedrock USD  saved USD");
    out.print(rows);
    out.println();
    out.println("ON      TTL  endpoint                  calls   hits  saved USD  with most memory");
    out.print(endpoints);
    Chart.draw(options.out(), trace, rates);
    out.println();
    out.println("Drawn: " + options.out().resolve("hit-rate.png") + " and .svg");
    out.println(
        "Latencies are calculated, not measured: 0.1 ms from memory, 6 ms from the table, and"
            + " 400 ms plus 8 ms a token from Bedrock. Overlapping calls are played one by one.");
    out.println(
        "A hit saves the price of the stored answer; OBSERVE counts the price of the call itself,"
            + " whose token counts may differ.");
  }

  private void introduce(Trace trace) {
    long minutes = trace.asks().get(trace.asks().size() - 1).millis() / 60_000;
    long repeats =
        trace.asks().size()
            - trace.asks().stream()
                .map(ask -> List.of(ask.user(), ask.endpoint(), ask.prompt()))
                .distinct()
                .count();
    out.printf(
        Locale.ROOT,
        "Trace %s: %,d calls in %,d minutes; %.1f %% of them repeat an earlier one word for word.%n",
        trace.name(),
        trace.asks().size(),
        minutes,
        100.0 * repeats / trace.asks().size());
    out.print(trace.badLines());
    out.println("Repeats: " + trace.repeats() + ".");
    out.println(
        "Exact repeats are rare in free chat. A made-up load shows the result of a load like it,"
            + " not a promise.");
    out.printf(
        Locale.ROOT,
        "Prices: %s of %s; %d processes share the table.%n%n",
        options.model(),
        PriceList.standard().date(),
        options.processes());
  }

  private Result play(
      Trace trace, CacheMode mode, Duration ttl, long hot, int processes, Progress progress) {
    Run.Settings settings = new Run.Settings(options.model(), mode, ttl, hot, processes);
    return new Run(trace, settings).play(PARTS, done -> progress.step());
  }

  private static String row(String ttl, String size, Result on) {
    return String.format(
        Locale.ROOT,
        "%11s %7s %5.1f%% %5.1f%% %5.1f%% %,12d %7.0fms %7.0fms %7.0fms %13.4f %10.4f%n",
        ttl,
        size,
        on.hitRate(),
        100.0 * on.hot() / on.calls(),
        100.0 * on.warm() / on.calls(),
        on.bedrock(),
        on.p50Millis(),
        on.p99Millis(),
        on.meanMillis(),
        on.bedrockUsd(),
        on.savedUsd());
  }

  private static String row(String ttl, String endpoint, Run.Part part) {
    return String.format(
        Locale.ROOT,
        "%11s  %-20s %,10d %5.1f%% %10.4f%n",
        ttl,
        endpoint,
        part.calls(),
        100.0 * part.hits() / Math.max(1, part.calls()),
        part.savedUsd());
  }

  private static String text(Duration ttl) {
    return ttl.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private static String bytes(long bytes) {
    return bytes >= 1 << 20
        ? (bytes >> 20) + "M"
        : bytes >= 1 << 10 ? (bytes >> 10) + "K" : "" + bytes;
  }
}
