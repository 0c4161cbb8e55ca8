package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StopTest {
  private static final String LISTENING = "listening on ";

  @Test
  @Timeout(120)
  void sigterm_whileItServes_stopsItCleanly() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dsqlite4java.library.path=" + System.getProperty("sqlite4java.library.path"),
                "-cp",
                System.getProperty("java.class.path"),
                LocalTwin.class.getName(),
                "--port",
                "0",
                "--delay",
                "0s")
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      TwinClient client = new TwinClient(awaitListening(said));
      assertThat(client.chat(client.token("alice"), "How do I squat?").status()).isEqualTo(200);

      process.toHandle().destroy(); // SIGTERM, and what it says then can still be read
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
      assertThat(said.lines().reduce("", (before, line) -> line)).isEqualTo("stopped");
      assertThatThrownBy(() -> client.get("/")).isInstanceOf(ConnectException.class);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String awaitListening(BufferedReader said) throws Exception {
    StringBuilder before = new StringBuilder();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      if (line.startsWith(LISTENING)) {
        return line.substring(LISTENING.length());
      }
      before.append(line).append('\n');
    }
    throw new AssertionError("It never listened:\n" + before);
  }
}
