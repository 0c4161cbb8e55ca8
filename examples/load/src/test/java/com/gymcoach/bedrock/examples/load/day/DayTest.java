package com.gymcoach.bedrock.examples.load.day;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.examples.local.ApiGateway;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A minute of the day lasts until enough users have had replies: a slow machine plays it slower.
 */
@Timeout(900)
class DayTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);

  @TempDir Path folder;

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void day_isPlayedAsExpected() throws Exception {
    int exit = Day.run(printed, "--out", folder.toString());

    assertThat(printed()).contains("wrong answers: 0", "All went as expected.");
    assertThat(exit).isZero();
    assertThat(folder.resolve("report.txt")).content().contains("rolled back by ApiFails");
    assertThat(folder.resolve("day.svg")).content().contains("<svg");
    assertThat(folder.resolve("day.png")).isNotEmptyFile();
  }

  /** A control: the check of the answers is worth what it catches. */
  @Test
  void day_whenTheFunctionMistakesTheUser_isNotAsExpected() throws Exception {
    Journal journal =
        play(
            script ->
                List.of(Scene.quiet("one user for all", 6, () -> Script.dial(script.cloud(), 100))),
            function ->
                event ->
                    function.invoke(
                        new String(event, StandardCharsets.UTF_8)
                            .replaceAll("\"sub\":\"user-[0-9]+\"", "\"sub\":\"user-0\"")
                            .getBytes(StandardCharsets.UTF_8)));

    assertThat(journal.faults()).anyMatch(fault -> fault.contains("another user's"));
  }

  /** A control: an unexpected effect is a fault, and so is a missing one. */
  @Test
  void day_whenAScenesExpectationsAreWrong_isNotAsExpected() throws Exception {
    Journal journal =
        play(
            script ->
                List.of(
                    Scene.quiet("throttled", 2, () -> script.cloud().model().throttle(100)),
                    new Scene(
                        "served",
                        10,
                        () -> {
                          script.cloud().model().throttle(0);
                          Script.dial(script.cloud(), 100);
                        },
                        () -> {},
                        new Scene.Expected(Set.of("ApiFails"), Set.of(), 0))),
            UnaryOperator.identity());

    assertThat(journal.faults())
        .contains("throttled: statuses [429], not []", "served: alarms [], not [ApiFails]")
        .anyMatch(fault -> fault.matches("served: [0-9]+ users were served, not 0"));
  }

  private Journal play(
      Function<Script, List<Scene>> scenes, UnaryOperator<ApiGateway.Function> around)
      throws Exception {
    Path template = Path.of("..", "gymcoach-lambda", "template.yaml");
    return new Day(Duration.ofMillis(500), template, printed).play(scenes, around);
  }

  @Test
  void run_whenAnArgumentCannotBeUsed_saysWhich() throws Exception {
    for (List<String> args :
        List.of(
            List.of("--what", "1"),
            List.of("--minute", "soon"),
            List.of("--minute", "1ms"),
            List.of("--template", "none.yaml"),
            List.of("--out"))) {
      assertThat(Day.run(printed, args.toArray(new String[0]))).isEqualTo(2);
    }
    assertThat(printed())
        .contains("There is no option --what.")
        .contains("The time soon is not one")
        .contains("A minute must take at least 200ms.")
        .contains("There is no template none.yaml.")
        .contains("A value is missing after --out.");
    assertThat(Day.run(printed, "--help")).isZero();
  }
}
