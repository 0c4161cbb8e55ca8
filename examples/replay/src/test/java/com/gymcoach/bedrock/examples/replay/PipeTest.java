package com.gymcoach.bedrock.examples.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as it is started: its bar is for a terminal and for no pipe, file or log. */
class PipeTest {
  private static final Path SCRIPT = Path.of("/usr/bin/script"); // of util-linux: has a terminal

  @TempDir Path folder;

  private List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Djava.awt.headless=true",
        "-cp",
        System.getProperty("java.class.path"),
        Replay.class.getName(),
        "--ttl",
        "1h",
        "--hot",
        "1M",
        "--out",
        folder.toString());
  }

  /** Starts a program in an environment that speaks of a terminal, and returns what it prints. */
  private String run(List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(out.toFile());
    builder.environment().put("TERM", "xterm");
    builder.environment().remove("CI");
    Process process = builder.start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(out);
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }

  @Test
  void progress_whenOutputIsNoTerminal_isNotDrawn() throws Exception {
    String out = run(command());

    assertThat(out).contains("Trace seed: 3,000 calls").doesNotContain("[#", "[.", "##", "\r");
  }

  @Test
  void progress_whenOutputIsATerminal_isDrawnOnOneLine() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(SCRIPT), "there is no script(1) here");
    List<String> command = new ArrayList<>(List.of(SCRIPT.toString(), "-qec"));
    command.add("'" + String.join("' '", command()) + "'");
    command.add("/dev/null");
    String out = run(command);

    assertThat(out).contains("\r[#", "100 %, 6,000 of 6,000 calls").contains("Trace seed: 3,000");
  }

  @Test
  void progress_atItsEnd_leavesTheLine() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Progress progress = new Progress(new PrintStream(out, true, UTF_8), 80);
    for (int i = 0; i < 80; i++) {
      progress.step();
    }

    String[] drawn = out.toString(UTF_8).split("\r", -1);
    assertThat(drawn).hasSize(42); // nothing, 0 % and each fortieth
    assertThat(drawn[1]).isEqualTo("[" + ".".repeat(40) + "]   1 %, 1 of 80 calls");
    assertThat(drawn[21])
        .isEqualTo("[" + "#".repeat(20) + ".".repeat(20) + "]  50 %, 40 of 80 calls");
    assertThat(drawn[41])
        .isEqualTo("[" + "#".repeat(40) + "] 100 %, 80 of 80 calls" + System.lineSeparator());
  }
}
