package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.examples.replay.logs.Groups.Group;
import com.gymcoach.bedrock.examples.replay.logs.NaiveCount.Sums;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A generated log against a count of what was generated. The property {@code replay.log.bytes} sets
 * its size.
 */
class GeneratedLogTest {
  private static final long BYTES = Long.getLong("replay.log.bytes", 20_000_000L);
  private static final Map<View, Function<Asked, String>> KEYS =
      Map.of(
          View.EXACT,
          Asked::exact,
          View.SHARED,
          Asked::same,
          View.SCOPED,
          call -> call.user().isEmpty() ? "" : call.same() + " " + call.user());

  @TempDir Path folder;

  private LogOptions options(Path log) {
    return LogOptions.parse(
        "--log",
        log.toString(),
        "--endpoint",
        "feature",
        "--scope",
        "user",
        "--temp",
        folder.toString());
  }

  private static Findings find(LogOptions options, int run) throws IOException {
    PrintStream none = new PrintStream(new ByteArrayOutputStream(), true, UTF_8);
    return new Analysis(options, none, false, run, Instant.MAX).run();
  }

  @Test
  void figures_ofAGeneratedLog_areThoseOfANaiveCount() throws IOException {
    Path log = folder.resolve("log");
    List<Asked> asked = LogGenerator.write(log, 5_000_000, 7);
    Findings findings = find(options(log), 500); // so that it sorts in several runs

    assertThat(findings.faults().count()).isZero();
    assertThat(findings.total(View.SHARED).calls).isEqualTo(asked.size());
    for (View view : View.values()) {
      for (int ttl = 0; ttl < findings.ttls().size(); ttl++) {
        Map<String, Sums> expected = NaiveCount.count(asked, key(view), findings.ttls().get(ttl));
        compare(findings.total(view), ttl, sums(expected, ""));
        for (int i = 0; i < findings.groups().size(); i++) {
          Group group = findings.groups().get(i);
          Tally tally = findings.tallies(view).get(i);
          compare(tally, ttl, sums(expected, group.model() + " " + group.endpoint()));
        }
      }
    }
    assertThat(findings.total(View.SCOPED).hits[findings.ttls().size() - 1]).isPositive();
    assertThat(findings.groups()).hasSizeGreaterThan(4);
    assertThat(temporaryFiles()).isEmpty();
  }

  private static void compare(Tally tally, int ttl, Sums expected) {
    assertThat(tally.calls).isEqualTo(expected.calls);
    assertThat(tally.lookedUp).isEqualTo(expected.lookedUp);
    assertThat(tally.repeats).isEqualTo(expected.repeats);
    assertThat(tally.hits[ttl]).isEqualTo(expected.hits);
    assertThat(tally.streamHits[ttl]).isEqualTo(expected.streamHits);
    assertThat(tally.saved(ttl)).isCloseTo(expected.saved, within(1e-9));
    assertThat(tally.table(ttl)).isCloseTo(expected.table, within(1e-9));
    double net = 0;
    for (double part : tally.netByPeriod(ttl)) {
      net += part;
    }
    assertThat(net).isCloseTo(expected.saved - expected.table, within(1e-9));
  }

  private static Function<Asked, String> key(View view) {
    Function<Asked, String> key = KEYS.get(view);
    if (key == null) {
      throw new AssertionError(view);
    }
    return key;
  }

  private static Sums sums(Map<String, Sums> all, String name) {
    Sums sums = all.get(name);
    if (sums == null) {
      throw new AssertionError(name);
    }
    return sums;
  }

  private List<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".tmp")).toList();
    }
  }

  /** Runs the program with 512 MB and returns what it printed. */
  private String program(Path log) throws Exception {
    Path printed = folder.resolve("printed.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-cp", System.getProperty("java.class.path")));
    command.add(ShouldICache.class.getName());
    command.addAll(List.of("--endpoint", "feature", "--scope", "user", "--log", log.toString()));
    command.addAll(List.of("--out", folder.toString(), "--temp", folder.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    assertThat(process.waitFor(30, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(printed);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  /** Lines as long as may be, of very many small parts: nothing that Bedrock would write. */
  @Test
  void program_with512MegabytesAndHostileLines_goesOn() throws Exception {
    Path log = folder.resolve("log.json");
    int length = RecordReader.MAX_BYTES - 1_000;
    List<String> bodies =
        List.of(
            "{\"output\":{\"message\":{\"role\":\"user\",\"content\":[{}"
                + ",{}".repeat(length / 3 - 50)
                + "]}},\"stopReason\":\"end_turn\"}",
            "[{}" + ",{}".repeat(length / 3 - 50) + "]",
            "{\"a\":[" + "[],".repeat(length / 3 - 50) + "[]]}",
            "\"" + "\\u00e9".repeat(length / 6 - 50) + "\"");
    int lines = 0;
    try (Writer out = Files.newBufferedWriter(log)) {
      for (String operation :
          List.of("Converse", "ConverseStream", "InvokeModel", "InvokeModelWithResponseStream")) {
        for (String body : bodies) {
          for (String line :
              List.of(
                  "\"input\":{\"inputBodyJson\":" + body + "}",
                  "\"input\":{\"inputBodyJson\":{}},\"output\":{\"outputBodyJson\":"
                      + body
                      + "}")) {
            out.write(
                "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-11-01T10:00:00Z\","
                    + "\"modelId\":\"amazon.nova-lite-v1:0\",\"operation\":\""
                    + operation
                    + "\","
                    + line
                    + "}\n");
            lines++;
          }
        }
      }
    }
    assertThat(program(log)).contains(lines + " calls in 1 files").doesNotContain("left out");
  }

  /** The program itself, with the memory that the page promises to be enough. */
  @Test
  void program_with512Megabytes_printsTheFiguresOfANaiveCount() throws Exception {
    Path log = folder.resolve("log");
    List<Asked> asked = LogGenerator.write(log, BYTES, 11);
    long begin = System.nanoTime();
    String text = program(log);
    System.out.printf("%,d bytes took %,d ms%n", BYTES, (System.nanoTime() - begin) / 1_000_000);

    assertThat(text).contains(Text.count(asked.size()) + " calls in 24 files");
    String page = Files.readString(folder.resolve(ShouldICache.PAGE));
    for (View view : View.values()) {
      for (Duration ttl : options(log).ttls()) {
        Sums expected = sums(NaiveCount.count(asked, key(view), ttl), "");
        String figures =
            String.join(
                " +",
                LogOptions.text(ttl),
                Text.percent(100.0 * expected.hits / expected.calls),
                Text.count(expected.hits),
                Text.usd(expected.saved).replace(".", "\\."),
                Text.usd(expected.table).replace(".", "\\."));
        assertThat(text).containsPattern(figures);
        assertThat(page).contains("<td>" + Text.count(expected.hits) + "</td>");
      }
    }
    assertThat(text).doesNotContain(LogGenerator.SECRET, "user-1");
    assertThat(page).doesNotContain(LogGenerator.SECRET, "user-1", "http://", "https://");
  }
}
