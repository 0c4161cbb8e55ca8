package com.gymcoach.bedrock.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Calls that take turns in one process, in short rounds: the medians of the process's processor
 * time and of the wall time, and of their ratios to another call in each round.
 */
final class Rounds {
  /** How often a call over a socket is made in a round. */
  static final int CALLS = 60;

  private static final int ROUNDS = 41;

  private final Map<String, Row> rows = new LinkedHashMap<>();
  private final int warmUp;
  private final int calls;

  @SuppressWarnings("UnusedVariable") // written so that nothing is optimised away
  private Object last = "";

  /** One kind of call; the base of a bare call is itself. */
  private static final class Row {
    private final String base;
    private final Supplier<Object> call;
    private final List<Long> cpu = new ArrayList<>();
    private final List<Long> wall = new ArrayList<>();

    Row(String base, Supplier<Object> call) {
      this.base = base;
      this.call = call;
    }

    /** Returns the median of each round's ratio: a round is too short for much to change in it. */
    static double ratio(List<Long> of, List<Long> to) {
      List<Double> ratios = new ArrayList<>();
      for (int round = 0; round < of.size(); round++) {
        ratios.add(of.get(round) / (double) to.get(round));
      }
      return median(ratios);
    }

    private static double median(List<? extends Number> figures) {
      return figures.stream().mapToDouble(Number::doubleValue).sorted().toArray()[ROUNDS / 2];
    }
  }

  /**
   * Creates the rounds.
   *
   * @param warmUp the rounds before those that count: more, the fewer kinds of call share their
   *     code
   * @param calls how often each call is made in a round
   */
  Rounds(int warmUp, int calls) {
    this.warmUp = warmUp;
    this.calls = calls;
  }

  /** Adds a kind of call, whose ratios are to the call named {@code base}. */
  void add(String name, String base, Supplier<Object> call) {
    rows.put(name, new Row(base, call));
  }

  void run() throws IOException {
    for (int round = 0; round < warmUp + ROUNDS; round++) {
      for (Row row : rows.values()) {
        Map<String, Long> threads = ProcessorTime.ofThreads();
        long wall = System.nanoTime();
        for (int i = 0; i < calls; i++) {
          last = row.call.get();
        }
        if (round >= warmUp) {
          row.wall.add(System.nanoTime() - wall);
          row.cpu.add(ProcessorTime.ofProcessSince(threads));
        }
      }
    }
  }

  /** Returns the processor time of a call, in multiples of its base. */
  double cpuRatio(String name) {
    Row row = row(name);
    return Row.ratio(row.cpu, row(row.base).cpu);
  }

  private double micros(List<Long> nanos) {
    return Row.median(nanos) / calls / 1_000;
  }

  private Row row(String name) {
    return Objects.requireNonNull(rows.get(name), name);
  }

  /** Prints a line for each kind of call. */
  void print() {
    rows.forEach(
        (name, row) -> {
          Row base = row(row.base);
          System.out.printf(
              "%-48s CPU %5.1f us %.2f, wall %5.1f us %.2f%n",
              name,
              micros(row.cpu),
              Row.ratio(row.cpu, base.cpu),
              micros(row.wall),
              Row.ratio(row.wall, base.wall));
        });
  }
}
