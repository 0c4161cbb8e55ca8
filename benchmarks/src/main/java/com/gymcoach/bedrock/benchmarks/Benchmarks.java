package com.gymcoach.bedrock.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs all benchmarks alternately on this JDK and on another, so that other work of the machine
 * affects both; then writes {@code benchmarks.json} and the tables.
 */
public final class Benchmarks {
  /**
   * A class of benchmarks.
   *
   * @param type the class
   * @param title the heading of its table
   * @param warmUp seconds before anything is measured, until this code is compiled
   * @param sizes the sizes to run it with one by one, if it has any
   */
  record Group(Class<?> type, String title, int warmUp, List<String> sizes) {
    String name() {
      return type.getSimpleName();
    }
  }

  static final List<Group> GROUPS =
      List.of(
          new Group(HotHit.class, "Hot hit", 4, List.of("512", "4096", "32768", "262144")),
          new Group(
              TwoThreads.class,
              "A hot hit of Converse, 4 KB, by one thread and by two at once",
              4,
              List.of()),
          new Group(ReadyKey.class, "The floor: Caffeine by a key that is ready", 2, List.of()),
          new Group(Key.class, "The key, by the text's size", 3, List.of("512", "32768")),
          new Group(
              BeforeBedrock.class,
              "A miss of 4 KB until Bedrock is called, which refuses at once",
              4,
              List.of()),
          new Group(Miss.class, "Miss of 4 KB, Bedrock answering at once", 4, List.of()),
          new Group(
              Herd.class,
              "200 threads with the same new question, Bedrock taking 5 ms",
              4,
              List.of()),
          new Group(NotCached.class, "A call that is not cached, 4 KB", 3, List.of()),
          new Group(Told.class, "Telling, on a hot hit of 0.5 KB", 4, List.of()),
          new Group(
              Streams.class,
              "A stream of 200 events: from a list, from memory; from the SDK alone, and kept",
              4,
              List.of()),
          new Group(
              WarmHit.class,
              "A hit in a table behind a socket; before it BatchGetItem alone, and with a hit's other work",
              15,
              List.of()),
          new Group(
              Width.class,
              "Hits at once in a table that takes 3 ms: the time of a call of each caller",
              5,
              List.of()),
          new Group(
              StoredForm.class,
              "The stored form, by the answer's size",
              2,
              List.of("2048", "4096", "307200")));

  private final Settings settings;
  private final Path logs;
  private final List<RunResult> results = new ArrayList<>();

  private Benchmarks(Settings settings) throws IOException {
    this.settings = settings;
    this.logs = Files.createDirectories(settings.out().resolve("benchmarks"));
  }

  /** Runs what the arguments ask for. */
  public static void main(String[] args) throws IOException, RunnerException {
    new Benchmarks(Settings.parse(System.getenv(), args)).run();
  }

  private void run() throws IOException, RunnerException {
    List<Path> jdks = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    settings
        .java25()
        .ifPresentOrElse(
            jdks::add,
            () ->
                say(
                    "No second JDK: give -Dbenchmarks.java25 or JAVA25_HOME. This one alone runs."));
    for (Group group : GROUPS) {
      List<String> sizes = group.sizes().isEmpty() ? List.of("") : group.sizes();
      for (String size : sizes) {
        for (int jdk = 0; jdk < jdks.size(); jdk++) {
          run(group, size, jdk, jdks.get(jdk));
        }
      }
    }
    report();
  }

  private void run(Group group, String size, int index, Path jdk) throws RunnerException {
    String prefix = group.type().getName() + ".";
    String name = (group.name() + " " + size).strip();
    if (!settings.include().matcher(group.name()).find()) {
      return;
    }
    int part = settings.quick() ? 10 : 1;
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + prefix.replace(".", "\\."))
            .jvm(jdk.resolve("bin").resolve("java").toString())
            .jvmArgs("-Xms1g", "-Xmx1g")
            .forks(1)
            .warmupIterations(2 * group.warmUp())
            .warmupTime(TimeValue.milliseconds(500 / part))
            .measurementIterations(5)
            .measurementTime(TimeValue.milliseconds(250 / part))
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .output(logs.resolve(name.replace(' ', '-') + "-" + index + ".log").toString());
    if (!size.isEmpty()) {
      options.param("bytes", size);
    }
    long began = System.nanoTime();
    Collection<RunResult> done = new Runner(options.build()).run();
    results.addAll(done);
    String version = done.iterator().next().getParams().getJdkVersion();
    say(
        String.format(
            Locale.ROOT,
            "%s, Java %s: %d results in %d s",
            name,
            version,
            done.size(),
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began)));
  }

  private void report() throws IOException {
    Path json = settings.out().resolve("benchmarks.json");
    try (PrintStream out = new PrintStream(json.toFile(), StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
    }
    String tables =
        "Measured on "
            + LocalDate.now(ZoneOffset.UTC)
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " cores, "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ".\n\n"
            + Tables.of(results.stream().map(Measured::of).toList());
    Files.writeString(settings.out().resolve("benchmarks.md"), tables);
    if (settings.full()) {
      Files.writeString(
          settings.page(), Page.replaceSection(Files.readString(settings.page()), tables));
    }
    say(tables);
    say("Written: " + json + (settings.full() ? " and " + settings.page() : ""));
  }

  @SuppressWarnings("SystemOut") // a program that is watched while it runs
  private static void say(String line) {
    System.out.println(line);
  }
}
