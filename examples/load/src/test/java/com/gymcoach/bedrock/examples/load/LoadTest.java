package com.gymcoach.bedrock.examples.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.gymcoach.bedrock.examples.load.ServersProcess.Counts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;

/** Nothing here depends on the speed of the machine: the assertions hold for every answer. */
@Timeout(300)
class LoadTest {
  /** Of the two long runs. */
  private static final String LONG = System.getProperty("load.duration", "10s");

  /** The read budget is wide, so that a slow machine has warm hits, too. */
  private static final List<String> USUAL =
      List.of(
          "--read-budget",
          "2s",
          "--delay",
          "20ms",
          "--users",
          "20",
          "--prompts",
          "30",
          "--warm-up",
          "0s");

  private static ServersProcess servers;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    servers = ServersProcess.start();
  }

  @AfterAll
  static void stop() {
    servers.close();
  }

  private static Report run(UnaryOperator<BedrockRuntimeClient> around, String... args)
      throws InterruptedException {
    List<String> all = new ArrayList<>(USUAL);
    all.addAll(List.of(args));
    PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), true);
    return new Driver(Options.parse(all.toArray(new String[0])), servers, nowhere, around).run();
  }

  private static Report run(String... args) throws InterruptedException {
    return run(UnaryOperator.identity(), args);
  }

  private static long calls(Report report, Kind kind) {
    return report.figures().took(kind, false).getTotalCount()
        + report.figures().took(kind, true).getTotalCount();
  }

  @Test
  void run_inAClosedLoopWithFaultsAndInvalidations_noAnswerIsWrong() throws Exception {
    Report report =
        run(
            "--duration",
            LONG,
            "--warm-up",
            "1s",
            "--threads",
            "6",
            "--invalidations",
            "2",
            "--dynamodb-faults",
            "2",
            "--bedrock-faults",
            "2");
    assertThat(report.figures().wrong()).isEmpty();
    assertThat(report.figures().errors()).isEmpty();
    assertThat(report.figures().invalidations()).isPositive();
    assertThat(calls(report, Kind.HOT)).isPositive();
    assertThat(calls(report, Kind.BEDROCK)).isPositive();
    assertThat(report.figures().took(Kind.BEDROCK, true).getTotalCount()).isPositive();
    Plots.draw(folder, report.samples());
    for (String name : List.of("hit-rate", "p99", "heap")) {
      assertThat(folder.resolve(name + ".png")).isNotEmptyFile();
      assertThat(folder.resolve(name + ".svg")).content().contains("<svg").contains("<path");
    }
  }

  @Test
  void run_inAnOpenLoopWithFaultsAndInvalidations_noAnswerIsWrongAndTheReportIsWhole()
      throws Exception {
    Report report =
        run(
            "--duration",
            LONG,
            "--rate",
            "60",
            "--invalidations",
            "2",
            "--dynamodb-faults",
            "2",
            "--bedrock-faults",
            "2",
            "--bare",
            "5");
    assertThat(report.figures().wrong()).isEmpty();
    assertThat(report.figures().errors()).isEmpty();
    assertThat(calls(report, Kind.BARE)).isPositive();
    assertThat(report.text())
        .contains("open loop of 60")
        .containsPattern("hit rate [0-9]+\\.[0-9] %")
        .containsPattern("hot +[0-9,]+ +[0-9,.]+ +[0-9,.]+ +[0-9,.]+ +[0-9,.]+")
        .containsPattern("Bedrock +stream +[0-9,]+ +[0-9,.]+")
        .containsPattern("threads +files")
        .containsPattern("heap after a full collection, MB:( [0-9.]+)+")
        .contains("MB/h")
        .contains("errors: 0")
        .contains("wrong answers: 0");
  }

  /** A minute's worth of the load test of GymCoach's present cache, back to back. */
  @Test
  void run_ofTheSeedsLoad_asksBedrockOnceForEachQuestion() throws Exception {
    Counts before = servers.counts();
    Report report =
        run(
            "--calls",
            "100",
            "--threads",
            "1",
            "--instances",
            "1",
            "--users",
            "4",
            "--prompts",
            "5",
            "--zipf",
            "0",
            "--read-budget",
            "20s",
            "--ttl",
            "1h",
            "--bound",
            "1h",
            "--streams",
            "0",
            "--invoke-model",
            "0",
            "--invalidations",
            "0");
    long asked = servers.counts().bedrock() - before.bedrock();
    assertThat(report.figures().errors()).isEmpty();
    assertThat(report.figures().wrong()).isEmpty();
    assertThat(asked).isBetween(10L, 20L).isEqualTo(calls(report, Kind.BEDROCK));
    assertThat(report.figures().hits()).isEqualTo(100 - asked);
  }

  @Test
  void run_whenDynamoDbIsSilentForATime_noCallerHearsOfIt() throws Exception {
    Report report =
        run(
            "--outage",
            "silent",
            "--outage-at",
            "1s",
            "--outage-for",
            "4s",
            "--duration",
            "9s",
            "--read-budget",
            "50ms",
            "--threads",
            "4");
    assertThat(report.figures().errors()).isEmpty();
    assertThat(report.figures().wrong()).isEmpty();
    assertThat(Figures.sum(report.outage().timeouts()) + report.outage().leftAlone()).isPositive();
    assertThat(report.text())
        .containsPattern("count: \\[[0-9]+, [0-9]+\\] for a look-up")
        .containsPattern("added once they left it alone: p50 -?[0-9.]+ ms, p99 -?[0-9.]+ ms")
        .containsPattern("first warm hit after the end");
  }

  /** Controls: the checks are worth what they catch. */
  @Test
  void run_whenTheCacheForgetsTheUser_isCaught() throws Exception {
    Report report = run(BrokenCache::forgetsTheUser, "--calls", "200", "--streams", "0");
    assertThat(report.text()).containsPattern("wrong answers: [0-9]+ \\{another user's, ");
  }

  @Test
  void run_whenTheCacheForgetsTheRequest_isCaught() throws Exception {
    Report report = run(BrokenCache::forgetsTheRequest, "--calls", "200", "--streams", "0");
    assertThat(report.text()).containsPattern("wrong answers: [0-9]+ \\{another request's, ");
  }

  @Test
  void run_whenTheCacheForgetsInvalidations_isCaught() throws Exception {
    Report report =
        run(
            BrokenCache::forgetsNothing,
            "--calls",
            "300",
            "--streams",
            "0",
            "--users",
            "2",
            "--prompts",
            "3",
            "--invalidations",
            "10");
    assertThat(report.figures().wrong())
        .isNotEmpty()
        .allSatisfy((how, times) -> assertThat(how).startsWith("from before an invalidation"));
  }

  @Test
  void parse_whenAnOptionCannotBeUsed_saysWhich() {
    for (String[] args :
        List.of(
            new String[] {"--what", "1"},
            new String[] {"--duration", "soon"},
            new String[] {"--hot", "1T"},
            new String[] {"--users", "0"},
            new String[] {"--zipf", "x"},
            new String[] {"--outage", "partial"})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Options.parse(args))
          .withMessageContaining(args[1].equals("1") ? "--what" : args[1]);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
    assertThat(Load.run(printed, "--rate")).isEqualTo(2);
    assertThat(Load.run(printed, "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("A value is missing after --rate.")
        .contains("--outage-for");
  }
}
