package com.gymcoach.bedrock.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Lets Jazzer look for inputs, for each target in a process with a small heap and a small stack. An
 * undocumented exception, or an input that takes longer than 30 s or more than its memory, fails
 * the test. The corpus is kept in a directory, and used again by the next run.
 */
@Tag("jazzer")
class JazzerTest {
  private static final int SECONDS = Integer.getInteger("fuzz.seconds", 20);
  private static final String ONLY = System.getProperty("fuzz.only", "");
  private static final Path DIRECTORY =
      Path.of(System.getProperty("fuzz.directory", "target/fuzz")).toAbsolutePath();

  private static final int MAX_BYTES = 4_096;

  /** Whether the smallest corpus that reaches as much replaces the one under version control. */
  private static final boolean KEEPS = Boolean.getBoolean("fuzz.keep");

  /** An input that is longer than this hardly reaches more, and version control is for text. */
  private static final int MAX_KEPT_BYTES = 400;

  private static final Pattern DONE =
      Pattern.compile("#(\\d+)\\s+DONE\\s+cov: (\\d+) ft: (\\d+) corp: (\\d+)/");

  @ParameterizedTest
  @EnumSource
  void accepts_whenJazzerLooksForInputs_isAsDocumented(Targets target) throws Exception {
    Assumptions.assumeTrue(
        ONLY.isEmpty() || List.of(ONLY.split(",", -1)).contains(target.fileName()), "not chosen");
    Path corpus = Files.createDirectories(DIRECTORY.resolve(target.fileName()));
    int number = 0;
    for (byte[] input : CorpusTest.inputs(target)) {
      Files.write(corpus.resolve("kept-" + number++), input);
    }
    Files.write(corpus.resolve("longest"), longest(target));
    String said = run(target, corpus, "-max_total_time=" + SECONDS, corpus.toString());
    Matcher done = DONE.matcher(said);
    assertThat(done.find()).as(tail(said)).isTrue();
    System.out.printf(
        Locale.ROOT,
        "%-14s %,12d inputs in %,d s, %s edges, %s features, %s kept%n",
        target.fileName(),
        Long.parseLong(done.group(1)),
        SECONDS,
        done.group(2),
        done.group(3),
        done.group(4));
    if (KEEPS) {
      keep(target, corpus);
    }
  }

  /** Returns an input as long as inputs may be: Jazzer invents none that is longer than these. */
  private static byte[] longest(Targets target) throws Exception {
    byte[] seed = target.make().seeds().get(0);
    byte[] longest = new byte[MAX_BYTES];
    for (int i = 0; i < MAX_BYTES; i++) {
      longest[i] = seed[i % seed.length];
    }
    return longest;
  }

  private static void keep(Targets target, Path corpus) throws Exception {
    Path smallest = DIRECTORY.resolve(target.fileName() + "-smallest");
    Files.createDirectories(smallest);
    String unused = run(target, corpus, "-merge=1", smallest.toString(), corpus.toString());
    List<byte[]> inputs = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(smallest)) {
      for (Path file : files) {
        if (Files.size(file) <= MAX_KEPT_BYTES) {
          inputs.add(Files.readAllBytes(file));
        }
        Files.delete(file);
      }
    }
    Corpus.write(
        CorpusTest.REACHING.resolve(target.fileName() + ".txt"),
        "Written by -Pfuzz -Dfuzz.keep=true.",
        inputs);
  }

  /** Runs Jazzer to its end and returns what it said. */
  private static String run(Targets target, Path corpus, String... last)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx300m",
                "-Xss1m",
                "-XX:+UseSerialGC",
                "-D" + JazzerEntry.TARGET + "=" + target.name(),
                "-D" + Bounds.ALLOWANCE + "=4",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + JazzerEntry.class.getName(),
                "--instrumentation_includes=com.gymcoach.**:com.fasterxml.jackson.core.json.**",
                "--custom_hook_includes=com.gymcoach.**:com.fasterxml.jackson.core.json.**",
                "--instrumentation_excludes=com.gymcoach.bedrock.fuzz.**",
                "--reproducer_path=" + DIRECTORY,
                "-artifact_prefix=" + corpus + "-",
                "-timeout=30",
                "-max_len=" + MAX_BYTES,
                "-keep_seed=1",
                "-print_final_stats=1"));
    command.addAll(List.of(last));
    Path log = DIRECTORY.resolve(target.fileName() + ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    int status = process.waitFor();
    String said = Files.readString(log);
    assertThat(status).as(tail(said)).isZero();
    return said;
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - 6_000));
  }
}
