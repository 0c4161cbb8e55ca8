package com.gymcoach.bedrock.proof;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jcstress.Main;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;

/**
 * Runs the races and counts their outcomes. Outcome 1 is the forbidden one. It must never be seen,
 * except in each control, where it must be: otherwise the race does not show anything.
 */
public final class Stress {
  private static final String FORBIDDEN = "1";
  private static final String CONTROL = "Control";

  private Stress() {}

  /** The outcomes of one race. */
  private static final class Counts {
    private long all;
    private long forbidden;
  }

  /**
   * Runs the races.
   *
   * @param args jcstress's own options; it leaves its results in the current directory
   */
  public static void main(String[] args) throws Exception {
    Path directory = Path.of("");
    deleteResults(directory);
    Main.main(args);
    List<String> wrong = new ArrayList<>();
    counts(directory)
        .forEach(
            (name, counts) -> {
              System.out.printf(
                  Locale.ROOT,
                  "%-40s %,14d runs, %,11d forbidden%n",
                  name,
                  counts.all,
                  counts.forbidden);
              if (counts.all == 0 || counts.forbidden > 0 != name.endsWith(CONTROL)) {
                wrong.add(name);
              }
            });
    if (!wrong.isEmpty()) {
      throw new AssertionError("Not as expected: " + wrong);
    }
  }

  private static void deleteResults(Path directory) throws IOException {
    for (Path results : results(directory)) {
      Files.delete(results);
    }
  }

  private static Map<String, Counts> counts(Path directory) throws Exception {
    Map<String, Counts> counts = new TreeMap<>();
    for (Path results : results(directory)) {
      InProcessCollector collector = new InProcessCollector();
      DiskReadCollector reader = new DiskReadCollector(results.toString(), collector);
      reader.dump();
      reader.close();
      for (TestResult result : collector.getTestResults()) {
        String name = result.getName().replaceAll(".*\\.", "");
        Counts sum = counts.computeIfAbsent(name, first -> new Counts());
        sum.all += result.getTotalCount();
        sum.forbidden += result.getCount(FORBIDDEN);
      }
    }
    if (counts.isEmpty()) {
      throw new AssertionError("No race was run");
    }
    return counts;
  }

  private static List<Path> results(Path directory) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(directory, "jcstress-results-*.bin.gz")) {
      files.forEach(found::add);
    }
    return found;
  }
}
