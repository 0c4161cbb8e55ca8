package com.gymcoach.bedrock.examples.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts the hits of some calls with plain maps of keys to expiry times. It uses no class of the
 * cache or of the replay, and assumes memory for everything.
 */
final class IndependentCount {
  /** Prices of Claude 3.5 Haiku and of DynamoDB on demand, in USD a million. */
  private static final double INPUT_USD = 0.8;

  private static final double OUTPUT_USD = 4;
  private static final double READ_UNIT_USD = 0.125;
  private static final double WRITE_UNIT_USD = 0.625;

  /** How long memory holds an answer before it looks into the table again. */
  private static final long MEMORY_MILLIS = 3_600_000;

  record Call(
      long millis, String user, String endpoint, String prompt, int inputTokens, int outputTokens) {
    List<String> key() {
      return List.of(user, endpoint, prompt);
    }

    double usd() {
      return (INPUT_USD * inputTokens + OUTPUT_USD * outputTokens) / 1e6;
    }
  }

  /** A kept answer: its expiry time and its price. */
  private record Kept(long until, double usd) {}

  /** The figures of a run. */
  static final class Counted {
    private int hot;
    private int warm;
    private int bedrock;
    private double bedrockUsd;
    private double keptUsd;
    private double sparedUsd;
    private final List<Double> millis = new ArrayList<>();
    private final Map<String, Counted> byEndpoint = new TreeMap<>();

    int hot() {
      return hot;
    }

    int warm() {
      return warm;
    }

    int bedrock() {
      return bedrock;
    }

    int calls() {
      return hot + warm + bedrock;
    }

    double bedrockUsd() {
      return bedrockUsd;
    }

    /** Returns the price of the answers that hits gave, as they were kept, less writes. */
    double savedBeforeReads() {
      return keptUsd - writesUsd();
    }

    /** Returns the price of the calls that hits spared, by their own tokens, less writes. */
    double sparedBeforeReads() {
      return sparedUsd - writesUsd();
    }

    /** Returns what look-ups cost at most: a call reads up to three units. */
    double readsUsd() {
      return calls() * 3 * READ_UNIT_USD / 1e6;
    }

    /** Each answer is an item below 1 KB, and so one unit. */
    private double writesUsd() {
      return bedrock * WRITE_UNIT_USD / 1e6;
    }

    double percent(int part) {
      return 100.0 * part / calls();
    }

    double percentile(int percent) {
      List<Double> sorted = millis.stream().sorted().toList();
      return sorted.get((int) Math.ceil(sorted.size() * percent / 100.0) - 1);
    }

    double meanMillis() {
      return millis.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    Map<String, Counted> byEndpoint() {
      return byEndpoint;
    }

    private void hit(Call call, boolean isHot, Kept kept) {
      hot += isHot ? 1 : 0;
      warm += isHot ? 0 : 1;
      keptUsd += kept.usd();
      sparedUsd += call.usd();
      millis.add(isHot ? 0.1 : 6);
    }

    private void miss(Call call) {
      bedrock++;
      bedrockUsd += call.usd();
      millis.add(406 + 8.0 * call.outputTokens());
    }
  }

  private IndependentCount() {}

  static Counted of(List<Call> calls, Duration life, int processes) {
    Counted all = new Counted();
    play(calls, life, processes, (call, isHit) -> {}, all);
    return all;
  }

  /** Returns the percentage of hits in each of the equal parts of the time. */
  static List<Double> rates(List<Call> calls, Duration life, int processes, int parts) {
    long length = length(calls) + 1;
    long first = first(calls);
    int[] all = new int[parts];
    int[] hits = new int[parts];
    play(
        calls,
        life,
        processes,
        (call, isHit) -> {
          int part = (int) ((call.millis() - first) * parts / length);
          all[part]++;
          hits[part] += isHit ? 1 : 0;
        },
        new Counted());
    List<Double> rates = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      rates.add(all[part] == 0 ? Double.NaN : 100.0 * hits[part] / all[part]);
    }
    return rates;
  }

  private interface Seen {
    void call(Call call, boolean isHit);
  }

  private static void play(
      List<Call> calls, Duration life, int processes, Seen seen, Counted counted) {
    List<Call> inOrder = new ArrayList<>(calls);
    inOrder.sort(Comparator.comparingLong(Call::millis)); // stable, as lines of one time are
    Map<List<String>, Kept> table = new HashMap<>();
    Map<Integer, Map<List<String>, Kept>> memories = new HashMap<>();
    for (int i = 0; i < inOrder.size(); i++) {
      Call call = inOrder.get(i);
      Map<List<String>, Kept> memory =
          memories.computeIfAbsent(i % processes, p -> new HashMap<>());
      Counted part = counted.byEndpoint.computeIfAbsent(call.endpoint(), e -> new Counted());
      Kept here = fresh(memory.get(call.key()), call);
      Kept there = fresh(table.get(call.key()), call);
      Kept kept = here == null ? there : here;
      seen.call(call, kept != null);
      if (kept == null) {
        kept = new Kept(call.millis() + life.toMillis(), call.usd());
        counted.miss(call);
        part.miss(call);
        table.put(call.key(), kept);
      } else {
        counted.hit(call, here != null, kept);
        part.hit(call, here != null, kept);
      }
      if (here == null) {
        long until = Math.min(kept.until(), call.millis() + MEMORY_MILLIS);
        memory.put(call.key(), new Kept(until, kept.usd()));
      }
    }
  }

  private static @Nullable Kept fresh(@Nullable Kept kept, Call call) {
    return kept == null || call.millis() >= kept.until() ? null : kept;
  }

  static long length(List<Call> calls) {
    return calls.stream().mapToLong(Call::millis).max().orElseThrow() - first(calls);
  }

  private static long first(List<Call> calls) {
    return calls.stream().mapToLong(Call::millis).min().orElseThrow();
  }

  /** Returns the percentage of calls that repeat an earlier one. */
  static double repeats(List<Call> calls) {
    Set<List<String>> seen = new HashSet<>();
    long repeats = calls.stream().filter(call -> !seen.add(call.key())).count();
    return 100.0 * repeats / calls.size();
  }
}
