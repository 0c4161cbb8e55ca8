package com.gymcoach.bedrock.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A hot hit by one thread, and by two that ask the same for the same user, which is where they
 * would be in each other's way. Beside it what shares nothing: two cores that are one core's two
 * threads are not twice as fast at that, either.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TwoThreads {
  private static final String USER = "user-42";
  private static final int BYTES = 4_096;

  /** The timed work; the first is the base. */
  public enum What {
    /** A SHA-256 of the prompt. */
    SHA256,
    /** The hit, including building its request. */
    HIT
  }

  /** The timed work. */
  @Param({"SHA256", "HIT"})
  public What way = What.SHA256;

  private final InstantBedrock bedrock = new InstantBedrock();
  private final Answers answers = Approach.OURS.over(bedrock);

  /** The prompts of a thread. */
  @State(Scope.Thread)
  public static class Own {
    private final Prompts prompts = new Prompts(BYTES);
    private final byte[] text = Prompts.text(BYTES).getBytes(StandardCharsets.US_ASCII);
  }

  /** Asks once, so that the answer is there. */
  @Setup
  public void prime() {
    answers.converse(USER, new Prompts(BYTES).converse());
  }

  /** Checks that what was measured were hits. */
  @TearDown
  public void check() {
    answers.close();
    if (bedrock.calls() != 1) {
      throw new IllegalStateException("Bedrock was called: these were no hits");
    }
  }

  /** One thread. */
  @Benchmark
  @Threads(1)
  public Object oneThread(Own own) {
    return timed(own);
  }

  /** Two at once; the time is that of a call of either. */
  @Benchmark
  @Threads(2)
  public Object twoThreads(Own own) {
    return timed(own);
  }

  private Object timed(Own own) {
    return switch (way) {
      case SHA256 -> Key.sha256(own.text);
      case HIT -> answers.converse(USER, own.prompts.converse());
    };
  }
}
