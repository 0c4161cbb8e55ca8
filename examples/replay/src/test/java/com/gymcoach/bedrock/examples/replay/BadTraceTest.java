package com.gymcoach.bedrock.examples.replay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A trace decides whether a team switches the cache on. Each line of it is a call, or is refused
 * with its file, its number and what is wrong, or is left out and counted.
 */
class BadTraceTest {
  private static final String OWN = "time,user,endpoint,prompt,inputTokens,outputTokens";
  private static final String OWN_CALL = "60,alice,chat,one,1000,500";
  private static final String AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens";
  private static final String AZURE_CALL = "2023-11-16 18:15:46.6805900,374,44";
  private static final String MOONCAKE_CALL =
      "{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 5, \"hash_ids\": [0, 7]}";

  @TempDir Path folder;

  private record Outcome(int status, String out) {}

  private Outcome replay(Path file, String... more) {
    List<String> args =
        new ArrayList<>(List.of("--trace", file.toString(), "--ttl", "1h", "--hot", "1M", "--out"));
    args.add(folder.resolve("charts").toString());
    args.addAll(List.of(more));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status = Replay.run(new PrintStream(out, true, UTF_8), args.toArray(String[]::new));
    return new Outcome(status, out.toString(UTF_8));
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("trace.txt"), bytes);
  }

  private Path file(String text) throws IOException {
    return file(text.getBytes(UTF_8));
  }

  /** A line that is no call, and a word of what is said about it. */
  static Stream<Arguments> badLines() {
    return Stream.of(
            Stream.of(
                    "{|JSON",
                    "what?|JSON",
                    "[]|JSON",
                    "17|JSON",
                    "{}|timestamp",
                    "{\"input_length\": 9, \"output_length\": 5, \"hash_ids\": [1]}|timestamp",
                    "{\"timestamp\": 0, \"output_length\": 5, \"hash_ids\": [1]}|input_length",
                    "{\"timestamp\": 0, \"input_length\": 9, \"hash_ids\": [1]}|output_length",
                    "{\"timestamp\": 0, \"input_length\": 9, \"output_length\": 5}|hash_ids",
                    call("0", "9", "5", "[]") + "|hash_ids",
                    call("0", "9", "5", "null") + "|hash_ids",
                    call("0", "9", "5", "7") + "|hash_ids",
                    call("0", "9", "5", "\"7\"") + "|hash_ids",
                    call("0", "9", "5", "{}") + "|hash_ids",
                    call("0", "9", "5", "[\"7\"]") + "|hash_ids",
                    call("0", "9", "5", "[null]") + "|hash_ids",
                    call("0", "9", "5", "[[1]]") + "|hash_ids",
                    call("0", "9", "5", "[1.5]") + "|hash_ids",
                    call("0", "9", "5", "[-1]") + "|hash_ids",
                    call("0", "9", "5", "[99999999999999999999]") + "|hash_ids",
                    call("-1", "9", "5", "[1]") + "|timestamp",
                    call("\"0\"", "9", "5", "[1]") + "|timestamp",
                    call("null", "9", "5", "[1]") + "|timestamp",
                    call("1e300", "9", "5", "[1]") + "|timestamp",
                    call("1e99999999999", "9", "5", "[1]") + "|timestamp",
                    call("9223372036854775807", "9", "5", "[1]") + "|timestamp",
                    call("NaN", "9", "5", "[1]") + "|JSON",
                    call("0", "-9", "5", "[1]") + "|input_length",
                    call("0", "9.5", "5", "[1]") + "|input_length",
                    call("0", "0", "5", "[1]") + "|input_length",
                    call("0", "\"9\"", "5", "[1]") + "|input_length",
                    call("0", "2147483647", "5", "[1]") + "|input_length",
                    call("0", "9", "-5", "[1]") + "|output_length",
                    call("0", "9", "0", "[1]") + "|output_length",
                    call("0", "9", "1000000000", "[1]") + "|output_length",
                    call("0", "9", "99999999999999999999", "[1]") + "|output_length",
                    MOONCAKE_CALL + MOONCAKE_CALL + "|after",
                    MOONCAKE_CALL + " x|JSON",
                    MOONCAKE_CALL.replace("}", ", \"timestamp\": 5}") + "|JSON")
                .map(line -> bad(MOONCAKE_CALL, line)),
            Stream.of(
                    "60|columns",
                    "60,alice,chat|columns",
                    "60,alice,chat,one,1000,500,more|columns",
                    "60,alice,chat,one,1000,500,|columns",
                    "60,alice,chat,hello, you,1000,500|columns",
                    "60;alice;chat;one;1000;500|columns",
                    "60,alice,chat,\"one,1000,500|quotation",
                    "60,alice,chat,\"one\"x,1000,500|quotation",
                    ",alice,chat,one,1000,500|time",
                    "NaN,alice,chat,one,1000,500|time",
                    "nan,alice,chat,one,1000,500|time",
                    "Infinity,alice,chat,one,1000,500|time",
                    "-1,alice,chat,one,1000,500|time",
                    "1e99,alice,chat,one,1000,500|time",
                    "1e400,alice,chat,one,1000,500|time",
                    "99999999999999999999,alice,chat,one,1000,500|time",
                    "1700000000000,alice,chat,one,1000,500|milliseconds",
                    "0x1p3,alice,chat,one,1000,500|time",
                    "5d,alice,chat,one,1000,500|time",
                    "2023-11-16,alice,chat,one,1000,500|time",
                    "60,,chat,one,1000,500|user",
                    "60," + "a".repeat(1_025) + ",chat,one,1000,500|user",
                    "60,alice,,one,1000,500|endpoint",
                    "60,alice,a b,one,1000,500|endpoint",
                    "60,alice," + "a".repeat(65) + ",one,1000,500|endpoint",
                    "60,alice,chat,,1000,500|prompt",
                    "60,alice,chat,one,,500|inputTokens",
                    "60,alice,chat,one,-1000,500|inputTokens",
                    "60,alice,chat,one,NaN,500|inputTokens",
                    "60,alice,chat,one,1000.5,500|inputTokens",
                    "60,alice,chat,one,0,500|inputTokens",
                    "60,alice,chat,one,99999999999,500|inputTokens",
                    "60,alice,chat,one,1000,-500|outputTokens",
                    "60,alice,chat,one,1000,0|outputTokens",
                    "60,alice,chat,one,1000,2147483647|outputTokens",
                    "60,alice,chat,one,1000,many|outputTokens",
                    OWN + "|time")
                .map(line -> bad(OWN + "\n" + OWN_CALL, line)),
            Stream.of(
                    "2023-11-16 18:15:46|columns",
                    "2023-11-16 18:15:46,374,44,1|columns",
                    "yesterday,374,44|TIMESTAMP",
                    ",374,44|TIMESTAMP",
                    "2023-02-30 18:15:46,374,44|TIMESTAMP",
                    "2023-11-16 24:00:00,374,44|TIMESTAMP",
                    "2023-11-16,374,44|TIMESTAMP",
                    "1969-12-31 18:15:46,374,44|TIMESTAMP",
                    "9999-12-31 18:15:46,374,44|TIMESTAMP",
                    "+999999999-12-31 18:15:46,374,44|TIMESTAMP",
                    "2023-11-16 18:15:46,-374,44|ContextTokens",
                    "2023-11-16 18:15:46,374,-44|GeneratedTokens",
                    "2023-11-16 18:15:46,374,0|GeneratedTokens",
                    "2023-11-16 18:15:46,374,4.4|GeneratedTokens")
                .map(line -> bad(AZURE + "\n" + AZURE_CALL, line)))
        .flatMap(lines -> lines);
  }

  private static String call(String timestamp, String input, String output, String ids) {
    return "{\"timestamp\": %s, \"input_length\": %s, \"output_length\": %s, \"hash_ids\": %s}"
        .formatted(timestamp, input, output, ids);
  }

  private static Arguments bad(String good, String lineAndWord) {
    int bar = lineAndWord.lastIndexOf('|');
    return Arguments.of(good, lineAndWord.substring(0, bar), lineAndWord.substring(bar + 1));
  }

  @ParameterizedTest
  @MethodSource("badLines")
  void line_whenNoCall_isRefusedWithFileNumberAndFault(String good, String bad, String word)
      throws IOException {
    Path file = file(good + "\n" + bad + "\n" + good.substring(good.lastIndexOf('\n') + 1) + "\n");
    int number = good.split("\n", -1).length + 1;
    Outcome outcome = replay(file);

    assertThat(outcome.out())
        .startsWith("Line " + number + " of " + file + ": ")
        .contains(word, "--skip-bad-lines")
        .doesNotContain("alice", "calls in")
        .hasSizeLessThan(500 + file.toString().length());
    assertThat(outcome.status()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("badLines")
  void line_whenNoCallAndSkipped_isCountedAndReported(String good, String bad, String word)
      throws IOException {
    Path file = file(good + "\n" + bad + "\n" + good.substring(good.lastIndexOf('\n') + 1) + "\n");
    int number = good.split("\n", -1).length + 1;
    Outcome outcome = replay(file, "--skip-bad-lines");

    assertThat(outcome.out())
        .contains(": 2 calls in ", "Left out: 1 bad line of ", "  Line " + number + ": ", word)
        .doesNotContain("alice");
    assertThat(outcome.status()).isZero();
  }

  @Test
  void lines_whenManyAreSkipped_areCountedAndTheFirstTenNamed() throws IOException {
    Outcome outcome =
        replay(file(OWN + "\n" + OWN_CALL + "\n" + "x\n".repeat(1_234)), "--skip-bad-lines");

    assertThat(outcome.out())
        .contains(": 1 calls in ", "Left out: 1,234 bad lines of 1,236")
        .contains("  Line 3: ", "  Line 12: ", "  1,224 more")
        .doesNotContain("  Line 13: ");
  }

  @Test
  void lines_whenNoneIsBad_areNotSpokenOf() throws IOException {
    Outcome outcome = replay(file(OWN + "\n" + OWN_CALL), "--skip-bad-lines");

    assertThat(outcome.out()).contains(": 1 calls in ").doesNotContain("Left out");
  }

  @Test
  void lines_whenAllAreBad_areNoTrace() throws IOException {
    Outcome outcome = replay(file(OWN + "\nx\ny\n"), "--skip-bad-lines");

    assertThat(outcome.out()).contains("no calls", "2 bad lines");
    assertThat(outcome.status()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\n\n\n", "\r\n\r\n", "\n \t\n", ""})
  void blankLines_atTheEnd_areNoCalls(String end) throws IOException {
    for (String trace : List.of(MOONCAKE_CALL, OWN + "\n" + OWN_CALL, AZURE + "\n" + AZURE_CALL)) {
      assertThat(replay(file(trace + end)).out()).contains(": 1 calls in ");
    }
  }

  @Test
  void blankLine_betweenCalls_isRefused() throws IOException {
    Path file = file(OWN + "\n" + OWN_CALL + "\n\n \n" + OWN_CALL + "\n");

    assertThat(replay(file).out()).startsWith("Line 3 of " + file + ": ").contains("blank");
    assertThat(replay(file, "--skip-bad-lines").out())
        .contains(": 2 calls in ", "Left out: 2 bad lines of 5");
  }

  /** A byte order mark, other ends of lines and no end of the last are how programs save text. */
  @Test
  void trace_withByteOrderMarkOrCarriageReturns_isRead() throws IOException {
    for (String trace : List.of(MOONCAKE_CALL, OWN + "\n" + OWN_CALL, AZURE + "\n" + AZURE_CALL)) {
      String crlf = (trace + "\n").replace("\n", "\r\n");
      for (String form :
          List.of(
              "\ufeff" + trace,
              crlf,
              "\ufeff" + crlf,
              crlf + crlf.substring(crlf.indexOf('\n') + 1))) {
        assertThat(replay(file(form)).out()).contains(" calls in 0 minutes");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Time,User,Endpoint,Prompt,InputTokens,OutputTokens | 60,alice,chat,one,1000,500",
        "time, user, endpoint, prompt, inputTokens, outputTokens | 60,alice,chat,one, 1000, 500",
        "\"time\",\"user\",\"endpoint\",\"prompt\",\"inputTokens\",\"outputTokens\" |"
            + " \"60\",\"alice\",\"chat\",\"one\",\"1000\",\"500\"",
        "user,endpoint,prompt,outputTokens,inputTokens,time | alice,chat,one,500,1000,60",
        "time,user,endpoint,prompt,inputTokens,outputTokens | 6.0e1,alice,chat,one,1000,500",
        "time,user,endpoint,prompt,inputTokens,outputTokens |"
            + " 1.7e9,alice,chat,\"one, \"\"two\"\"\",1000,500",
        "GeneratedTokens,ContextTokens,TIMESTAMP | 500,1000,2023-11-16 18:15:46",
        "TIMESTAMP,ContextTokens,GeneratedTokens | 2024-05-10 00:00:00.009930+00:00,1000,500"
      })
  void header_inAnotherOrderCaseOrQuotes_isRead(String header, String call) throws IOException {
    Outcome outcome = replay(file(header + "\n" + call + "\n" + call + "\n"));

    // 0.8 and 4 USD a million tokens, twice or, if it hits, once.
    assertThat(outcome.out()).contains(": 2 calls in 0 minutes").containsPattern("0\\.00(28|56)");
    assertThat(outcome.status()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "time,user,endpoint,prompt,inputTokens | outputTokens",
        "time,user,endpoint,prompt,inputTokens,outputTokens,model | column 7",
        "time,user,endpoint,prompt,inputTokens,outputTokens,time | time",
        "time,user,endpoint,prompt,inputTokens,outputTokens, | column 7",
        "time;user;endpoint;prompt;inputTokens;outputTokens | no trace",
        "60,alice,chat,one,1000,500 | no trace",
        "TIMESTAMP,ContextTokens | GeneratedTokens",
        "TIMESTAMP,ContextTokens,GeneratedTokens,Model | column 4",
        "what? | no trace",
        "'' | no trace",
        "' ' | no trace"
      })
  void header_whenAnother_isRefusedWithWhatIsWrong(String header, String word) throws IOException {
    Path file = file(header + "\n" + OWN_CALL + "\n");
    for (String[] more : new String[][] {{}, {"--skip-bad-lines"}}) {
      Outcome outcome = replay(file, more);
      assertThat(outcome.out()).contains(file.toString(), word).doesNotContain("calls in");
      assertThat(outcome.status()).isEqualTo(2);
    }
  }

  @Test
  void bytes_whenNotUtf8_areRefusedWithFileAndLine() throws IOException {
    Path file =
        file((OWN + "\n" + OWN_CALL + "\n" + OWN_CALL.replace("one", "für")).getBytes(ISO_8859_1));

    assertThat(replay(file).out()).startsWith("Line 3 of " + file + ": ").contains("UTF-8");
    assertThat(replay(file, "--skip-bad-lines").out()).contains(": 1 calls in ", "  Line 3: ");
  }

  @Test
  void file_whenInUtf16OrZipped_isRefusedByName() throws IOException {
    String text = OWN + "\n" + OWN_CALL + "\n";
    for (byte[] bytes :
        List.of(
            text.getBytes(UTF_16),
            text.getBytes(UTF_16LE),
            new byte[] {0x1f, (byte) 0x8b, 8},
            new byte[3 << 20])) {
      Path file = file(bytes);
      Outcome outcome = replay(file);
      assertThat(outcome.out()).contains(file.toString()).hasLineCount(1);
      assertThat(outcome.status()).isEqualTo(2);
    }
  }

  @Test
  void line_whenLongerThanAnyCall_isRefused() throws IOException {
    Path file = file(OWN + "\n" + "x".repeat(2 << 20) + "\n" + OWN_CALL + "\n");

    assertThat(replay(file).out()).startsWith("Line 2 of " + file + ": ").contains("longer");
    assertThat(replay(file, "--skip-bad-lines").out()).contains(": 1 calls in ", "  Line 2: ");
  }

  @Test
  void file_whenEmptyOrWithoutCalls_isRefusedByName() throws IOException {
    for (String text : List.of("", "\ufeff", "\n", OWN, OWN + "\n\n", AZURE + "\r\n")) {
      Path file = file(text);
      Outcome outcome = replay(file);
      assertThat(outcome.out()).as(text).contains(file.toString()).hasLineCount(1);
      assertThat(outcome.status()).isEqualTo(2);
    }
  }

  @Test
  void file_whenItCannotBeRead_isRefusedByNameAndReason() throws IOException {
    Path none = folder.resolve("none.csv");
    assertThat(replay(none).out()).contains(none.toString(), "no such file");
    assertThat(replay(folder).out()).contains(folder.toString(), "directory");
    Path secret = Files.writeString(folder.resolve("secret.csv"), OWN + "\n" + OWN_CALL);
    if (secret.toFile().setReadable(false) && !Files.isReadable(secret)) { // not as root
      assertThat(replay(secret).out()).contains(secret.toString(), "denied");
    }
    assertThat(replay(none).status()).isEqualTo(2);
    assertThat(replay(folder).status()).isEqualTo(2);
  }

  /** The longest trace that is taken, and calls at its ends: figures, and no stack trace. */
  @Test
  void trace_ofTheLongestSpan_isPlayed() throws IOException {
    Outcome outcome =
        replay(
            file(
                OWN
                    + "\n5000000000,alice,chat,one,10000000,1000\n0,alice,chat,one,1,1\n"
                    + "0,alice,chat,one,1,1\n"));

    assertThat(outcome.out()).contains("3 calls in 83,333,333 minutes").contains("33.3%");
    assertThat(outcome.status()).isZero();
  }

  /** The order of lines does not matter: calls are played in the order of their times. */
  @Test
  void trace_whenUnsorted_hasTheFiguresOfTheSorted() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      lines.add("%d,alice,chat,prompt-%d,100,50".formatted(i * 400, i % 7));
    }
    String sorted = replay(file(OWN + "\n" + String.join("\n", lines))).out();
    Collections.reverse(lines);

    assertThat(sorted).contains("40 calls");
    assertThat(replay(file(OWN + "\n" + String.join("\n", lines))).out()).isEqualTo(sorted);
  }
}
