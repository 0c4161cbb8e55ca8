package com.gymcoach.bedrock.examples.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

  @Test
  void parse_withoutArguments_isWhatTheReadmeSays() {
    Options options = Options.parse(Map.of());
    assertThat(options.help()).isFalse();
    assertThat(options.aws()).isFalse();
    assertThat(options.port()).isEqualTo(8080);
    assertThat(options.log()).isFalse();
    assertThat(options.delay()).isEqualTo(Duration.ofMillis(1200));
    assertThat(options.readBudget()).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.settings().tableName()).isEqualTo("gymcoach-ai-main");
    assertThat(options.settings().modelId()).isEqualTo("amazon.nova-micro-v1:0");
  }

  @Test
  void parse_ofEveryOption_takesIt() {
    Options options =
        Options.parse(
            Map.of("DYNAMODB_TABLE", "other", "ALLOWED_ORIGIN", "https://gymcoach.example"),
            "--port",
            "0",
            "--delay",
            "300ms",
            "--read-budget",
            "50ms",
            "--log",
            "--aws",
            "--table",
            "mine",
            "--model",
            "amazon.nova-lite-v1:0");
    assertThat(options.port()).isZero();
    assertThat(options.delay()).isEqualTo(Duration.ofMillis(300));
    assertThat(options.readBudget()).isEqualTo(Duration.ofMillis(50));
    assertThat(options.log()).isTrue();
    assertThat(options.aws()).isTrue();
    assertThat(options.settings().tableName()).isEqualTo("mine");
    assertThat(options.settings().modelId()).isEqualTo("amazon.nova-lite-v1:0");
    assertThat(options.settings().allowedOrigin()).isEqualTo("https://gymcoach.example");
  }

  @ParameterizedTest
  @CsvSource({
    "--prot 1, There is no option --prot.",
    "--port, A value is missing after --port.",
    "--port 65536, The port 65536 is not",
    "--port -1, The port -1 is not",
    "--port eighty, The port eighty is not",
    "--delay 11s, The delay 11s is not",
    "--delay 5, The delay 5 is not 0s to 10s",
    "--read-budget 9ms, The read budget 9ms is not 10ms to 10s",
    "--read-budget 11s, The read budget 11s is not"
  })
  void parse_ofWhatCannotBeUsed_saysWhich(String arguments, String message) {
    assertThatThrownBy(() -> Options.parse(Map.of(), arguments.split(" ")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void run_withHelp_explainsAndStops() {
    Run run = run("--help");
    assertThat(run.status).isZero();
    assertThat(run.said).isEqualTo(Options.USAGE);
  }

  @Test
  void run_withABadOption_saysWhichAndExplains() {
    Run run = run("--nope");
    assertThat(run.status).isEqualTo(2);
    assertThat(run.said).isEqualTo("There is no option --nope.\n" + Options.USAGE);
  }

  @Test
  void run_onATakenPort_saysSo() throws Exception {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket taken = new ServerSocket(0, 1, loopback)) {
      Run run = run("--port", Integer.toString(taken.getLocalPort()));
      assertThat(run.status).isEqualTo(2);
      assertThat(run.said)
          .isEqualTo(
              "The port %d cannot be used: is another program listening there? Choose another with --port.\n"
                  .formatted(taken.getLocalPort()));
    }
  }

  private record Run(int status, String said) {}

  private static Run run(String... args) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int status = LocalTwin.run(new PrintStream(said, true, StandardCharsets.UTF_8), Map.of(), args);
    return new Run(status, said.toString(StandardCharsets.UTF_8));
  }
}
