package com.gymcoach.bedrock.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/**
 * A new request of 4 KB, and a Bedrock that answers at once: measures what a miss adds, including
 * single-flight and eviction. Each iteration begins with an empty cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Miss {
  private static final String USER = "user-42";

  /** How the answer is got; the first is the base. */
  @Param({"NO_CACHE", "OURS", "SPRING", "JETCACHE_LOCAL", "JETCACHE_TWO_LEVEL", "MAP_BY_SHA256"})
  public Approach approach = Approach.NO_CACHE;

  private final InstantBedrock bedrock = new InstantBedrock();
  private final Prompts prompts = new Prompts(4096);
  private Answers answers = Approach.NO_CACHE.over(bedrock);
  private long number;
  private long before;

  /** Begins with nothing kept. */
  @Setup(Level.Iteration)
  public void empty() {
    answers = approach.over(bedrock);
    number = 0;
  }

  /** Checks that every call was a miss. */
  @TearDown(Level.Iteration)
  public void check() {
    answers.close();
    if (bedrock.calls() != number + before) {
      throw new IllegalStateException(approach + " answered by itself: these were no misses");
    }
    before = bedrock.calls();
  }

  /** InvokeModel. */
  @Benchmark
  public InvokeModelResponse invokeModel() {
    prompts.number(++number);
    return answers.invokeModel(USER, prompts.invokeModel());
  }

  /** Converse. */
  @Benchmark
  public ConverseResponse converse() {
    prompts.number(++number);
    return answers.converse(USER, prompts.converse());
  }
}
