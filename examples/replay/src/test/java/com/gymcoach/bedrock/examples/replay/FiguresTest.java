package com.gymcoach.bedrock.examples.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.CacheMode;
import com.gymcoach.bedrock.examples.replay.IndependentCount.Call;
import com.gymcoach.bedrock.examples.replay.IndependentCount.Counted;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every figure that a replay prints or draws, against a count that knows nothing of the cache. */
class FiguresTest {
  private static final List<Duration> LIVES =
      List.of(Duration.ofMinutes(2), Duration.ofMinutes(20), Duration.ofHours(3));
  private static final List<String> LIVES_PRINTED = List.of("2m", "20m", "3h");
  private static final double ROUNDED_PERCENT = 0.051;
  private static final double ROUNDED_USD = 0.000_051;

  @TempDir Path folder;

  /** Makes up calls whose repeats, users, tokens and times all vary. */
  private static List<Call> calls(long seed) {
    Random random = new Random(seed);
    List<String> endpoints = List.of("chat", "meal-plan", "workout-plan");
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      calls.add(
          new Call(
              1_700_000_000_000L + random.nextInt(4 * 3_600_000),
              "user-" + random.nextInt(3),
              endpoints.get(random.nextInt(3)),
              "prompt-" + random.nextInt(12),
              1 + random.nextInt(20_000),
              1 + random.nextInt(60)));
    }
    return calls;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void figures_ofATraceOfOurOwn_areThoseOfACount(long seed) throws IOException {
    List<Call> calls = calls(seed);
    List<String> lines = new ArrayList<>();
    for (Call call : calls) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%d.%03d,%s,%s,%s,%d,%d",
              call.millis() / 1_000,
              call.millis() % 1_000,
              call.user(),
              call.endpoint(),
              call.prompt(),
              call.inputTokens(),
              call.outputTokens()));
    }
    lines.add(0, "time,user,endpoint,prompt,inputTokens,outputTokens");
    check(calls, lines, 3);
  }

  /** In this form the second block decides the user, and there is one endpoint. */
  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void figures_ofMooncakesTrace_areThoseOfACount(long seed) throws IOException {
    Random random = new Random(seed);
    List<Call> calls = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Call call : calls(seed)) {
      int second = random.nextInt(500);
      int third = random.nextInt(2);
      int input = 1 + random.nextInt(2);
      lines.add(
          ("{\"timestamp\": %d, \"input_length\": %d, \"output_length\": %d,"
                  + " \"hash_ids\": [0, %d, %d]}")
              .formatted(call.millis(), input, call.outputTokens(), second % 9, third));
      calls.add(
          new Call(
              call.millis(),
              "user-" + second % 9 % 5,
              "chat",
              second % 9 + " " + third + " " + input,
              input,
              call.outputTokens()));
    }
    check(calls, lines, 2, "--users", "5");
  }

  /** In this form the repeats are drawn; the figures follow from the calls that were drawn. */
  @Test
  void figures_ofAzuresTrace_areThoseOfACount() throws IOException {
    List<String> lines = new ArrayList<>(List.of("TIMESTAMP,ContextTokens,GeneratedTokens"));
    for (Call call : calls(6)) {
      OffsetDateTime time = Instant.ofEpochMilli(call.millis()).atOffset(ZoneOffset.UTC);
      lines.add(
          "%s,%d,%d"
              .formatted(
                  DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").format(time),
                  call.inputTokens(),
                  call.outputTokens()));
    }
    Path file = Files.write(folder.resolve("azure"), lines);
    List<Call> drawn =
        Options.parse("--trace", file.toString(), "--users", "2").load().asks().stream()
            .map(
                ask ->
                    new Call(
                        ask.millis(),
                        ask.user(),
                        ask.endpoint(),
                        ask.prompt(),
                        ask.inputTokens(),
                        ask.outputTokens()))
            .toList();
    assertThat(drawn.stream().mapToInt(Call::inputTokens).sum())
        .isEqualTo(calls(6).stream().mapToInt(Call::inputTokens).sum());
    assertThat(drawn.stream().mapToInt(Call::outputTokens).sum())
        .isEqualTo(calls(6).stream().mapToInt(Call::outputTokens).sum());
    assertThat(IndependentCount.length(drawn)).isEqualTo(IndependentCount.length(calls(6)));
    check(drawn, lines, 2, "--users", "2");
  }

  private void check(List<Call> calls, List<String> lines, int processes, String... more)
      throws IOException {
    Path file = Files.write(folder.resolve("trace"), lines);
    String out = replay(file, processes, more);

    Counted one = IndependentCount.of(calls, Duration.ofMinutes(20), 1);
    long minutes = Duration.ofMillis(IndependentCount.length(calls)).toMinutes();
    assertThat(numbers(out, "Trace trace: (.*) calls in (.*) minutes; (.*) % of them repeat"))
        .satisfiesExactly(
            n -> assertThat(n).isEqualTo(calls.size()),
            n -> assertThat(n).isEqualTo((double) minutes),
            n -> assertThat(n).isCloseTo(IndependentCount.repeats(calls), within(ROUNDED_PERCENT)));
    assertThat(
            numbers(
                out,
                "OBSERVE, one process, TTL 20m, 64M: would answer (.*) % of (.*) calls and save"
                    + " (.*) USD"))
        .satisfiesExactly(
            n ->
                assertThat(n)
                    .isCloseTo(one.percent(one.hot() + one.warm()), within(ROUNDED_PERCENT)),
            n -> assertThat(n).isEqualTo(calls.size()),
            n -> assertUsd(n, one.sparedBeforeReads(), one));
    for (int life = 0; life < LIVES.size(); life++) {
      checkRow(
          out, LIVES_PRINTED.get(life), IndependentCount.of(calls, LIVES.get(life), processes));
    }
    assertThat(out).contains(processes + " processes share the table");
    checkChart(file, calls, processes, more);
  }

  private static void checkRow(String out, String life, Counted counted) {
    List<Double> withoutMemory =
        numbers(out, "(?m)^ +" + life + " +0 +([0-9.]+)% +([0-9.]+)% +([0-9.]+)% +([0-9,]+) ");
    assertThat(withoutMemory.get(0))
        .isCloseTo(counted.percent(counted.hot() + counted.warm()), within(ROUNDED_PERCENT))
        .isCloseTo(withoutMemory.get(1) + withoutMemory.get(2), within(2 * ROUNDED_PERCENT));
    assertThat(withoutMemory.get(3)).isEqualTo((double) counted.bedrock());
    assertThat(
            numbers(out, "(?m)^ +" + life + " +64M +" + "([0-9.,-]+)(?:%|ms)? *".repeat(9) + "$"))
        .satisfiesExactly(
            n ->
                assertThat(n)
                    .isCloseTo(
                        counted.percent(counted.hot() + counted.warm()), within(ROUNDED_PERCENT)),
            n -> assertThat(n).isCloseTo(counted.percent(counted.hot()), within(ROUNDED_PERCENT)),
            n -> assertThat(n).isCloseTo(counted.percent(counted.warm()), within(ROUNDED_PERCENT)),
            n -> assertThat(n).isEqualTo((double) counted.bedrock()),
            n -> assertThat(n).isCloseTo(counted.percentile(50), within(1.0)),
            n -> assertThat(n).isCloseTo(counted.percentile(99), within(1.5)),
            n -> assertThat(n).isCloseTo(counted.meanMillis(), within(1.0)),
            n -> assertThat(n).isCloseTo(counted.bedrockUsd(), within(ROUNDED_USD)),
            n -> assertUsd(n, counted.savedBeforeReads(), counted));
    double calls = 0;
    for (String endpoint : counted.byEndpoint().keySet()) {
      Counted part = counted.byEndpoint().get(endpoint);
      List<Double> row =
          numbers(out, "(?m)^ +" + life + " +" + endpoint + " +([0-9,]+) +([0-9.]+)% +([0-9.-]+)$");
      calls += row.get(0);
      assertThat(row)
          .satisfiesExactly(
              n -> assertThat(n).isEqualTo((double) part.calls()),
              n ->
                  assertThat(n)
                      .isCloseTo(part.percent(part.hot() + part.warm()), within(ROUNDED_PERCENT)),
              n -> assertUsd(n, part.savedBeforeReads(), part));
    }
    assertThat(calls).isEqualTo(counted.calls());
  }

  private static void assertUsd(double printed, double beforeReads, Counted counted) {
    assertThat(printed)
        .isBetween(beforeReads - counted.readsUsd() - ROUNDED_USD, beforeReads + ROUNDED_USD);
  }

  /** The points of the drawn lines. */
  private static void checkChart(Path file, List<Call> calls, int processes, String... more)
      throws IOException {
    List<String> args = new ArrayList<>(List.of("--trace", file.toString()));
    Collections.addAll(args, more);
    Trace trace = Options.parse(args.toArray(String[]::new)).load();
    Run.Settings settings =
        new Run.Settings(
            "anthropic.claude-3-5-haiku-20241022-v1:0",
            CacheMode.ON,
            Duration.ofMinutes(20),
            64L << 20,
            processes);
    List<Double> rates = new Run(trace, settings).play(60, done -> {}).hitRates();

    assertThat(rates)
        .isEqualTo(IndependentCount.rates(calls, Duration.ofMinutes(20), processes, 60));
  }

  private String replay(Path file, int processes, String... more) {
    List<String> args = new ArrayList<>(List.of("--trace", file.toString()));
    Collections.addAll(args, "--ttl", String.join(",", LIVES_PRINTED), "--hot", "0,64M");
    Collections.addAll(args, "--processes", "" + processes, "--out", folder.toString());
    Collections.addAll(args, more);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(Replay.run(new PrintStream(out, true, UTF_8), args.toArray(String[]::new))).isZero();
    return out.toString(UTF_8);
  }

  private static List<Double> numbers(String out, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(out);
    assertThat(matcher.find()).as(pattern + " in " + out).isTrue();
    List<Double> numbers = new ArrayList<>();
    for (int group = 1; group <= matcher.groupCount(); group++) {
      numbers.add(Double.valueOf(matcher.group(group).replace(",", "")));
    }
    return numbers;
  }
}
