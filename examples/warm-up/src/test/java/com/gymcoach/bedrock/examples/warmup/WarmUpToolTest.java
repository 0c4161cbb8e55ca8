package com.gymcoach.bedrock.examples.warmup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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
}
