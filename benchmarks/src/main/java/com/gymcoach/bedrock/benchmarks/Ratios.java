package com.gymcoach.bedrock.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Measures the cache's work in multiples of a bare hash of the prompt and of a bare look-up: the
 * processor time, the least of many alternating rounds, so that the machine and its other work have
 * little influence. A build fails if one grows.
 */
public final class Ratios {
  /** A hot hit of Converse with a prompt of 4 KB, less building the request, to SHA-256 of 4 KB. */
  static final String CONVERSE = "hot hit of Converse / SHA-256";

  /** The same of InvokeModel. */
  static final String INVOKE_MODEL = "hot hit of InvokeModel / SHA-256";

  /** The key of that Converse when the memo does not know it. */
  static final String KEY = "hot hit of Converse without memo / SHA-256";

  /** A warm hit to the BatchGetItem that it makes, of the whole process. */
  static final String WARM = "warm hit / BatchGetItem";

  /** The same where the caller's thread makes the look-up. */
  static final String WARM_ON_CALLERS_THREAD = "warm hit on the caller's thread / BatchGetItem";

  /** The same over Netty, to the BatchGetItem over Netty. */
  static final String WARM_NETTY = "warm hit over Netty / BatchGetItem over Netty";

  /**
   * A hot hit of InvokeModel with a prompt of 0.5 KB to Spring's, each less building the request.
   */
  static final String INVOKE_MODEL_TO_SPRING = "hot hit of InvokeModel, 0.5 KB / Spring's";

  /** The same of Converse. */
  static final String CONVERSE_TO_SPRING = "hot hit of Converse, 0.5 KB / Spring's";

  /** The allocation of a hot hit of Converse, less its request, in KB. */
  static final String ALLOCATED = "allocated by a hot hit of Converse, 0.5 KB / 1 KB";

  private static final int ROUNDS = 15;
  private static final int HITS = 20_000;
  private static final int BYTES = 4_096;
  private static final String USER = "user-42";

  @SuppressWarnings("UnusedVariable") // written so that nothing is optimised away
  private Object last = "";

  private Ratios() {}

  /** Measures and prints a line for each: its value, a tab, its name. */
  public static void main(String[] args) throws IOException {
    new Ratios().measure().forEach((name, ratio) -> System.out.printf("%.3f\t%s%n", ratio, name));
  }

  private Map<String, Double> measure() throws IOException {
    Map<String, Double> ratios = new LinkedHashMap<>(hot());
    ratios.putAll(besideSpring());
    ratios.putAll(WarmRatios.measure());
    return ratios;
  }

  private Map<String, Double> hot() {
    Prompts prompts = new Prompts(BYTES);
    byte[] text = prompts.converse().messages().get(0).content().get(0).text().getBytes(US_ASCII);
    Answers ours = Approach.OURS.over(new InstantBedrock());
    Answers withoutMemo = Approach.OURS_WITHOUT_MEMO.over(new InstantBedrock());
    Map<String, Long> least = new LinkedHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      keep(least, "hash", Ratios::thread, HITS, () -> Key.sha256(text));
      keep(least, "build Converse", Ratios::thread, HITS, prompts::converse);
      keep(least, "build InvokeModel", Ratios::thread, HITS, prompts::invokeModel);
      keep(least, CONVERSE, Ratios::thread, HITS, () -> ours.converse(USER, prompts.converse()));
      keep(least, KEY, Ratios::thread, HITS, () -> withoutMemo.converse(USER, prompts.converse()));
      keep(
          least,
          INVOKE_MODEL,
          Ratios::thread,
          HITS,
          () -> ours.invokeModel(USER, prompts.invokeModel()));
    }
    double hash = of(least, "hash");
    return Map.of(
        CONVERSE, (of(least, CONVERSE) - of(least, "build Converse")) / hash,
        KEY, (of(least, KEY) - of(least, "build Converse")) / hash,
        INVOKE_MODEL, (of(least, INVOKE_MODEL) - of(least, "build InvokeModel")) / hash);
  }

  /** More rounds than elsewhere: two caches compete for what the compiler has not done yet. */
  private Map<String, Double> besideSpring() {
    Prompts prompts = new Prompts(512);
    Answers ours = Approach.OURS.over(new InstantBedrock());
    Answers springs = Approach.SPRING.over(new InstantBedrock());
    Map<String, Supplier<Object>> work = new LinkedHashMap<>();
    work.put("build Converse", prompts::converse);
    work.put("build InvokeModel", prompts::invokeModel);
    work.put("ours Converse", () -> ours.converse(USER, prompts.converse()));
    work.put("Spring's Converse", () -> springs.converse(USER, prompts.converse()));
    work.put("ours InvokeModel", () -> ours.invokeModel(USER, prompts.invokeModel()));
    work.put("Spring's InvokeModel", () -> springs.invokeModel(USER, prompts.invokeModel()));
    Map<String, Long> least = new LinkedHashMap<>();
    for (int round = 0; round < 2 * ROUNDS; round++) {
      work.forEach((name, one) -> keep(least, name, Ratios::thread, HITS, one));
    }
    Map<String, Long> bytes = new LinkedHashMap<>();
    for (String name : List.of("build Converse", "ours Converse")) {
      keep(bytes, name, Ratios::allocated, HITS, Objects.requireNonNull(work.get(name)));
    }
    springs.close();
    return Map.of(
        INVOKE_MODEL_TO_SPRING,
            net(least, "ours", "InvokeModel") / net(least, "Spring's", "InvokeModel"),
        CONVERSE_TO_SPRING, net(least, "ours", "Converse") / net(least, "Spring's", "Converse"),
        ALLOCATED, net(bytes, "ours", "Converse") / HITS / 1_024);
  }

  private static double net(Map<String, Long> least, String whose, String operation) {
    return of(least, whose + " " + operation) - of(least, "build " + operation);
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** Runs one round and keeps what it took where it was less than before. */
  private void keep(
      Map<String, Long> least, String name, LongSupplier clock, int times, Supplier<Object> work) {
    long began = clock.getAsLong();
    for (int i = 0; i < times; i++) {
      last = work.get();
    }
    least.merge(name, clock.getAsLong() - began, Math::min);
  }

  private static double of(Map<String, Long> least, String name) {
    return Objects.requireNonNull(least.get(name), name);
  }

  private static long thread() {
    try {
      return ProcessorTime.ofThread();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
