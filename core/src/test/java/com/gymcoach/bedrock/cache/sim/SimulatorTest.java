package com.gymcoach.bedrock.cache.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs random schedules of calls and faults, and judges each caller's answer. The property {@code
 * sim.schedules} says how many, and {@code sim.seed} which is the first.
 */
class SimulatorTest {
  private static final long SCHEDULES = Long.getLong("sim.schedules", 100_000);
  private static final long FIRST = Long.getLong("sim.seed", 1);

  /** From this number on, each cell of the table must have been reached. */
  private static final long ENOUGH = 100_000;

  @Test
  void schedules_ofCallsAndFaults_breakNoPromiseAndReachEachCell() throws Exception {
    long began = System.nanoTime();
    AtomicLong next = new AtomicLong(FIRST);
    AtomicLong failed = new AtomicLong(Long.MAX_VALUE);
    int threads = Runtime.getRuntime().availableProcessors();
    List<Callable<Coverage>> runs = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      runs.add(() -> run(next, failed));
    }
    Coverage coverage = new Coverage();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      for (Future<Coverage> run : executor.invokeAll(runs)) {
        coverage.add(run.get());
      }
    } finally {
      executor.shutdown();
    }
    if (failed.get() != Long.MAX_VALUE) {
      throw failure(failed.get());
    }
    System.out.printf(
        "%,d schedules in %.1f s on %d threads%n%s%n",
        SCHEDULES, (System.nanoTime() - began) / 1e9, threads, coverage);
    if (SCHEDULES >= ENOUGH) {
      assertThat(coverage.missed()).isEmpty();
    }
  }

  /** Runs schedules until there are no more, or one has failed. */
  private static Coverage run(AtomicLong next, AtomicLong failed) {
    Coverage coverage = new Coverage();
    for (long seed = next.getAndIncrement();
        seed < FIRST + SCHEDULES && failed.get() == Long.MAX_VALUE;
        seed = next.getAndIncrement()) {
      if (Simulation.run(seed, coverage, false).violation() != null) {
        failed.accumulateAndGet(seed, Math::min);
      }
    }
    return coverage;
  }

  /** Runs a schedule again, and tells all that happened. */
  private static AssertionError failure(long seed) {
    Simulation.Outcome outcome = Simulation.run(seed, new Coverage(), true);
    return new AssertionError(
        "%s%nSeed %d; to replay it alone:%n  mvn -pl core -am test -Dtest=SimulatorTest"
                .formatted(String.join("\n", outcome.log()), seed)
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.schedules=1 -Dsim.seed=%d%n%s"
                .formatted(seed, outcome.violation()),
        outcome.violation());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1_000, 1_000_000, -1})
  void schedule_runAgain_runsTheSameWay(long first) {
    for (long seed = first; seed < first + 50; seed++) {
      List<String> once = Simulation.run(seed, new Coverage(), true).log();
      assertThat(Simulation.run(seed, new Coverage(), true).log()).isEqualTo(once).isNotEmpty();
    }
  }
}
