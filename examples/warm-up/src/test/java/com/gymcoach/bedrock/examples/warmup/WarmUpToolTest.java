package com.gymcoach.bedrock.examples.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WarmUpToolTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private int run(String typed, String... more) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("questions.jsonl", "--stand-in"));
    arguments.addAll(List.of(more));
    return run(typed, arguments);
  }

  private int run(String typed, List<String> arguments) throws Exception {
    return WarmUpTool.run(
        arguments,
        new ByteArrayInputStream(typed.getBytes(UTF_8)),
        new PrintStream(printed, true, UTF_8));
  }

  @Test
  void run_asADryRun_printsThePlanAlone() throws Exception {
    assertThat(run("", "--usd", "1", "--dry-run")).isZero();
    assertThat(printed.toString(UTF_8))
        .contains("4 to ask", "amazon.nova-lite-v1:0: 4 requests")
        .doesNotContain("FINISHED");
  }

  @Test
  void run_withYes_asksEveryRequest() throws Exception {
    assertThat(run("", "--calls", "9", "--usd", "1", "--rate", "100", "--burst", "9", "--yes"))
        .isZero();
    assertThat(printed.toString(UTF_8)).contains("FINISHED", "asked 4, kept 4", "[####");
  }

  @Test
  void run_afterATypedYes_goesOn() throws Exception {
    assertThat(run("yes\n", "--usd", "1", "--rate", "100")).isZero();
    assertThat(printed.toString(UTF_8)).contains("Ask 4 times?", "kept 4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no\n", "\n", "y\n"})
  void run_afterAnyOtherAnswer_asksNobody(String typed) throws Exception {
    assertThat(run(typed, "--usd", "1")).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains("Nothing was asked.").doesNotContain("kept");
  }

  @Test
  void run_whenTheBudgetDoesNotSuffice_saysSoByItsExitCode() throws Exception {
    assertThat(run("", "--calls", "1", "--yes")).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains("BUDGET", "asked 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "f",
        "f --usd 1",
        "f --table t",
        "f --stand-in --usd",
        "f --stand-in --usd x",
        "f --stand-in --usd 1 --what 3"
      })
  void run_withWrongArguments_printsTheUsage(String line) throws Exception {
    assertThat(run("", line.isEmpty() ? List.of() : List.of(line.split(" ")))).isEqualTo(2);
    assertThat(printed.toString(UTF_8)).contains("usage: FILE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--usd NaN",
        "--usd -1",
        "--usd 1 --rate 0",
        "--usd 1 --burst 0",
        "--usd 1 --concurrency 999",
        "--usd 1 --output-tokens 0"
      })
  void run_withAValueOutOfRange_saysWhich(String typed) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("questions.jsonl", "--stand-in"));
    arguments.addAll(List.of(typed.split(" ")));
    assertThat(run("", arguments)).isEqualTo(2);
    assertThat(printed.toString(UTF_8)).contains("which is not possible");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none.jsonl", "src"})
  void run_ofWhatIsNoFile_namesIt(String file) throws Exception {
    assertThat(run("", List.of(file, "--stand-in", "--usd", "1"))).isEqualTo(1);
    assertThat(printed.toString(UTF_8)).contains(file);
  }

  /** A process that gets Ctrl-C prints its report, and closes the cache, before it ends. */
  @Test
  void main_afterCtrlC_printsTheReport(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("log");
    Process tool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WarmUpTool.class.getName(),
                "questions.jsonl",
                "--stand-in",
                "--usd",
                "1",
                "--rate",
                "0.001",
                "--yes")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    while (!Files.readString(log).contains("1 asked")) { // the next call is 1,000 s away
      assertThat(tool.isAlive()).as(Files.readString(log)).isTrue();
      Thread.onSpinWait();
    }
    tool.destroy();
    assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(log)).contains("CANCELLED after", "asked 1, kept 1");
  }
}
