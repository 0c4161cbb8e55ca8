package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StopTest {
  private static final String LISTENING = "listening on ";
  private static final String LOG = "log: ";

  private static Process start(String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dsqlite4java.library.path=" + System.getProperty("sqlite4java.library.path"),
                "-cp",
                System.getProperty("java.class.path"),
                LocalTwin.class.getName(),
                "--port",
                "0",
                "--delay",
                "0s"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** The log is in a file that the twin names, and nothing else follows "listening on". */
  @Test
  @Timeout(120)
  void sigterm_whileItServes_stopsItCleanly() throws Exception {
    Process process = start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> before = new ArrayList<>();
      TwinClient client = new TwinClient(awaitListening(said, before));
      assertThat(before)
          .startsWith(
              "starting DynamoDB Local and the stand-in for Bedrock", "starting the function");
      String last = before.get(before.size() - 1);
      assertThat(last).startsWith(LOG);
      Path log = Path.of(last.substring(LOG.length()));
      // With its default budget, the twin finds in the table what another instance has put there.
      client.keep(client.token("alice"), "How do I squat?");
      assertThat(Files.readString(log)).contains("\"CacheHits\"");
      Files.delete(log);

      process.toHandle().destroy(); // SIGTERM, and what it says then can still be read
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(said.lines()).containsExactly("stopped");
      assertThatThrownBy(() -> client.get("/")).isInstanceOf(ConnectException.class);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  @Timeout(120)
  void log_whenItIsWantedHere_isPrinted() throws Exception {
    Process process = start("--log");
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      List<String> before = new ArrayList<>();
      TwinClient client = new TwinClient(awaitListening(said, before));
      assertThat(before).contains(LOG + "here");
      client.keep(client.token("alice"), "How do I squat?");
      assertThat(said.readLine()).startsWith("{");
    } finally {
      process.destroyForcibly();
    }
  }

  private static String awaitListening(BufferedReader said, List<String> before) throws Exception {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(LISTENING)) {
        return line.substring(LISTENING.length());
      }
      before.add(line);
    }
    throw new AssertionError("It never listened: " + before);
  }
}
