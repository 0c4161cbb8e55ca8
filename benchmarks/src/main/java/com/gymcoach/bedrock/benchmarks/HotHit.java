package com.gymcoach.bedrock.benchmarks;

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
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelResponse;

/** A request that was answered before: it is built again and asked again. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HotHit {
  private static final String USER = "user-42";

  /** How the answer is got. */
  @Param public Approach approach = Approach.OURS;

  /** The prompt's size. */
  @Param({"512", "4096", "32768", "262144"})
  public int bytes;

  private final InstantBedrock bedrock = new InstantBedrock();
  private Prompts prompts = new Prompts(512);
  private Answers answers = Approach.OURS.over(bedrock);
  private long primed;

  /** Asks once, so that the answers are there. */
  @Setup
  public void prime() {
    prompts = new Prompts(bytes);
    answers = approach.over(bedrock);
    answers.invokeModel(USER, prompts.invokeModel());
    answers.converse(USER, prompts.converse());
    primed = bedrock.calls();
  }

  /** Checks that what was measured were hits. */
  @TearDown
  public void check() {
    answers.close();
    if (approach.keeps() && bedrock.calls() != primed) {
      throw new IllegalStateException(approach + " called Bedrock: these were no hits");
    }
  }

  /** InvokeModel. */
  @Benchmark
  public InvokeModelResponse invokeModel() {
    return answers.invokeModel(USER, prompts.invokeModel());
  }

  /** Converse. */
  @Benchmark
  public ConverseResponse converse() {
    return answers.converse(USER, prompts.converse());
  }
}
