package com.gymcoach.bedrock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, once: no figure comes of it. */
class BenchmarksTest {

  @Test
  void everyBenchmark_whenRunOnce_succeedsAndHasItsPlaceInTheTables() throws RunnerException {
    System.setProperty("jmh.ignoreLock", "true"); // figures are not at stake
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .mode(Mode.SingleShotTime)
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    List<Measured> all = results.stream().map(Measured::of).toList();

    assertThat(new TreeSet<>(all.stream().map(m -> m.group() + "." + m.method()).toList()))
        .isEqualTo(declared());
    String tables = Tables.of(all);
    for (Benchmarks.Group group : Benchmarks.GROUPS) {
      assertThat(tables).contains("### " + group.title());
    }
    for (Approach approach : Approach.values()) {
      assertThat(tables).contains("| " + approach.label() + " | ");
    }
    assertThat(tables).contains("1.00x").contains(", 1.0 calls");
  }

  private static Set<String> declared() {
    Set<String> names = new TreeSet<>();
    BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
        .forEach(
            entry ->
                names.add(
                    entry.getUsername().substring(Benchmarks.class.getPackageName().length() + 1)));
    assertThat(names).isNotEmpty();
    return names;
  }
}
