package com.gymcoach.bedrock.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;

/** Two hundred threads that ask the same new question at once, of a Bedrock that takes 5 ms. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Herd {
  private static final int THREADS = 200;
  private static final int MODEL_MILLIS = 5;

  /** How the answer is got; the first is the base. */
  @Param({"NO_CACHE", "OURS", "SPRING", "MAP_BY_SHA256"})
  public Approach approach = Approach.NO_CACHE;

  /** How many calls arrived at Bedrock, of how many herds. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Arrived {
    /** Calls that arrived at Bedrock. */
    public long calls;

    /** Herds. */
    public long herds;
  }

  private final InstantBedrock bedrock = new InstantBedrock(MODEL_MILLIS);
  private final Prompts prompts = new Prompts(4096);
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private Answers answers = Approach.NO_CACHE.over(bedrock);
  private long number;

  /** Begins with nothing kept. */
  @Setup
  public void empty() {
    answers = approach.over(bedrock);
  }

  /** Ends the threads. */
  @TearDown
  public void end() {
    answers.close();
    threads.shutdownNow();
  }

  /** Converse. */
  @Benchmark
  public List<ConverseResponse> converse(Arrived arrived)
      throws InterruptedException, ExecutionException {
    prompts.number(++number);
    List<Callable<ConverseResponse>> herd = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      ConverseRequest request = prompts.converse();
      herd.add(() -> answers.converse("user-42", request));
    }
    long before = bedrock.calls();
    List<ConverseResponse> all = new ArrayList<>();
    for (Future<ConverseResponse> one : threads.invokeAll(herd)) {
      all.add(one.get());
    }
    arrived.calls += bedrock.calls() - before;
    arrived.herds++;
    return all;
  }
}
