package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program, from its arguments to its page. */
class ShouldICacheTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

  @TempDir Path folder;

  private String printed = "";

  private int run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of("--out", folder.resolve("out").toString()));
    all.addAll(List.of(args));
    int status =
        ShouldICache.run(new PrintStream(out, true, UTF_8), false, all.toArray(new String[0]));
    printed = out.toString(UTF_8);
    return status;
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("out").resolve(ShouldICache.PAGE));
  }

  private static String record(int number, Instant time, String prompt, String identity) {
    return "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\""
        + time
        + "\",\"identity\":{\"arn\":\"arn:aws:sts::1:assumed-role/coach/"
        + identity
        + "\"},\"region\":\"us-east-1\",\"requestId\":\"r-"
        + number
        + "\",\"operation\":\"Converse\",\"modelId\":\"amazon.nova-lite-v1:0\",\"input\":"
        + "{\"inputBodyJson\":{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\""
        + prompt
        + "\"}]}]},\"inputTokenCount\":1000},\"output\":{\"outputBodyJson\":{\"output\":"
        + "{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"biceps curl\"}]}},"
        + "\"stopReason\":\"end_turn\"},\"outputTokenCount\":1000}}\n";
  }

  private Path log(String name, String text) throws IOException {
    Path file = folder.resolve("log").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private String logFolder() {
    return folder.resolve("log").toString();
  }

  @Test
  void run_ofTwoCallsInFilesInTheWrongOrder_findsTheRepeat() throws IOException {
    log("a.json", record(2, NOON.plusSeconds(3_500), "one", "x"));
    log("b.json", record(1, NOON, "one", "x"));

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed)
        .contains("2 calls in 2 files, from 2026-11-01T12:00:00Z to 2026-11-01T12:58:20Z")
        .containsPattern("exact repeats +5 min +0.0 % +0 ")
        .containsPattern(" 1 h +50.0 % +1 +0.000300 ")
        .containsPattern("ever +50.0 % +1\n")
        .contains("amazon.nova-lite-v1:0 ")
        .contains(" coach ")
        .contains("coach: TTL 1 h saves");
    assertThat(page()).contains("<svg").contains("coach: TTL 1 h saves");
  }

  @Test
  void run_ofTwoIdentities_reportsBothBounds() throws IOException {
    log("a.json", record(1, NOON, "one", "x") + record(2, NOON.plusSeconds(9), "one", "y"));

    assertThat(run("--log", logFolder())).isZero();
    assertThat(printed)
        .containsPattern("shared by all +5 min +50.0 % +1 ")
        .containsPattern("one per user +5 min +0.0 % +0 ")
        .contains("One role may serve many users");
  }

  @Test
  void run_whateverTheOrderOfFilesAndLines_printsTheSame() throws IOException {
    List<String> lines = new ArrayList<>();
    Random random = new Random(5);
    for (int i = 0; i < 400; i++) { // many in the same second, as in a real log
      Instant time = NOON.plusSeconds(random.nextInt(40));
      lines.add(record(i, time, "p" + random.nextInt(30), "u" + random.nextInt(3)));
    }
    String first = "";
    for (int shuffle = 0; shuffle < 5; shuffle++) {
      Collections.shuffle(lines, random);
      log("a.json", String.join("", lines.subList(0, 100)));
      log("b/c.json", String.join("", lines.subList(100, 400)));
      assertThat(run("--log", logFolder())).isZero();
      String report = printed.substring(printed.indexOf("400 calls"));
      first = first.isEmpty() ? report : first;
      assertThat(report).isEqualTo(first);
    }
    assertThat(first).contains("400 calls in 2 files");
  }

  @Test
  void run_whenAFileIsGivenTwice_countsItsCallsOnce() throws IOException {
    String lines = record(1, NOON, "one", "x") + record(2, NOON.plusSeconds(9), "one", "x");
    log("a.json", lines);
    log("copy.json", lines);

    assertThat(run("--log", logFolder())).isZero();
    assertThat(printed).contains("2 calls in 2 files").contains("2 records were in the log twice");
  }

  @Test
  void run_ofDamagedFiles_reportsEachWithItsPlaceAndGoesOn() throws IOException {
    log("a.json", "\ufeff" + record(1, NOON, "squats", "x") + "squats\n\n{\"squats\":\n");
    log("b.json.gz", "not gzip: squats");
    Path cut = folder.resolve("log/c.json.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(cut))) {
      for (int i = 0; i < 3_000; i++) {
        out.write(record(10 + i, NOON.plusSeconds(i), "p" + i * 31L, "x").getBytes(UTF_8));
      }
    }
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));
    log("d.json.gz", "");
    log("data/e.json", "squats");
    log("permission-check", "squats");

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed)
        .contains("a.json, line 2: it is not valid JSON")
        .contains("a.json, line 4: it is not valid JSON")
        .contains("b.json.gz, line 1: it is not valid JSON")
        .containsPattern("c.json.gz, line [0-9]+: the file cannot be read on")
        .doesNotContain("squats", "biceps");
    assertThat(page()).contains("a.json, line 2").doesNotContain("squats", "biceps");
  }

  @Test
  void run_ofABucketWhosePrefixIsData_readsItButNoBodies() throws IOException {
    String hour = "data/AWSLogs/1/BedrockModelInvocationLogs/us-east-1/2026/11/01/12/";
    log(hour + "a.json", record(1, NOON, "one", "x"));
    log(hour + "data/a_input.json", "squats");

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed).contains("1 calls in 1 files").doesNotContain("left out");
  }

  @Test
  void run_ofAFolderThatIsNamedData_readsItsFiles() throws IOException {
    log("data/a.json", record(1, NOON, "one", "x"));

    assertThat(run("--log", folder.resolve("log/data").toString())).as(printed).isZero();
    assertThat(printed).contains("1 calls in 1 files");
  }

  @Test
  void run_ofCallsOfAnotherRegionOrEndpoint_findsNoRepeat() throws IOException {
    String other = record(2, NOON.plusSeconds(9), "one", "x");
    log(
        "a.json",
        record(1, NOON, "one", "x")
            + other.replace("us-east-1", "eu-west-1")
            + other.replace("r-2", "r-3").replace("role/coach", "role/plan"));

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed).contains(" plan ").doesNotContainPattern("ever +[1-9]");
  }

  @Test
  void run_ofSeveralEndpoints_reportsThemInTheOrderOfTheirNames() throws IOException {
    String plan = record(1, NOON, "one", "x").replace("role/coach", "role/plan");
    log("a.json", plan + record(2, NOON.plusSeconds(3 * 3_600), "two", "x"));

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed.indexOf(" plan ")).isGreaterThan(printed.indexOf(" coach ")).isPositive();
    assertThat(printed).doesNotContain("More than half of that time"); // exactly half
  }

  @Test
  void page_ofAModelWithMarkupInItsId_hasNone() throws IOException {
    log(
        "a.json",
        record(1, NOON, "one", "x")
            .replace("amazon.nova-lite-v1:0", "<script>alert('&')</script>\\\"\\u001b[2J"));

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(page())
        .doesNotContain("<script", "\u001b")
        .contains("&lt;script&gt;alert('&amp;')&lt;/script&gt;&quot;_[2J");
    assertThat(printed).doesNotContain("\u001b");
  }

  @Test
  void run_ofCallsThatFailed_chargesNothingAndKeepsNothing() throws IOException {
    String first = record(1, NOON, "one", "x");
    String failed =
        first.replace("\"requestId\"", "\"errorCode\":\"ThrottlingException\",\"requestId\"");
    String later = record(2, NOON.plusSeconds(9), "one", "x");
    log("a.json", failed + later);

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed)
        .contains("1 calls failed.")
        .doesNotContain("have no price")
        .contains("Answers that the cache would keep: 50.0 %")
        .containsPattern("exact repeats +5 min +0.0 % +0 ")
        .contains("Bedrock charged 0.000300 USD for all calls.");
  }

  @Test
  void run_ofAFileInAnotherEncoding_reportsItsLinesAndGoesOn() throws IOException {
    Path file = log("a.json", "");
    Files.write(file, ("\ufeff" + record(1, NOON, "squats", "x")).getBytes(UTF_16LE));
    log("b.json", record(2, NOON, "one", "x"));

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed).contains("1 calls in 2 files").contains("a.json, line 1: it is not valid");
  }

  /** One record of a clock that was wrong stretches the time, and with it a month's figures. */
  @Test
  void run_ofACallFarFromTheOthers_saysSo() throws IOException {
    String calls = "";
    for (int i = 0; i < 50; i++) {
      calls += record(i, NOON.plusSeconds(3_600L * i), "p" + i, "x");
    }
    log("a.json", calls);
    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed).doesNotContain("More than half of that time has no call");

    log("b.json", record(99, Instant.parse("2023-05-01T00:00:00Z"), "one", "x"));
    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed)
        .contains("from 2023-05-01T00:00:00Z")
        .contains("More than half of that time has no call");

    log("b.json", record(99, Instant.now().plus(Duration.ofDays(2)), "one", "x"));
    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed).contains("timestamp is not a time from 2023 to now");
  }

  @Test
  void run_whenBodiesAreNotInTheLog_countsThemAsUnknown() throws IOException {
    String line = record(1, NOON, "one", "x");
    String noInput =
        line.replaceAll("\"inputBodyJson\":.*?\\]\\}\\]\\}", "\"inputBodyS3Path\":\"s3://x\"");
    log(
        "a.json",
        noInput
            + noInput.replace("r-1", "r-2")
            + noInput.replace("\"requestId\":\"r-1\",", "").repeat(2)
            + record(3, NOON, "one", "x").replaceAll("\"outputBodyJson\":.*?\"end_turn\"\\},", "")
            + record(4, NOON.plusSeconds(1), "one", "x"));

    assertThat(run("--log", logFolder())).as(printed).isZero();
    assertThat(printed)
        .contains("6 calls in 1 files")
        .contains("4 requests are not in the log")
        .contains("1 answers are not in the log")
        .containsPattern("exact repeats +5 min +0.0 % +0 ")
        .containsPattern("ever +16.7 % +1\n");
  }

  @Test
  void run_ofNothing_saysSo() throws IOException {
    Files.createDirectories(folder.resolve("log"));
    assertThat(run("--log", logFolder())).isEqualTo(2);
    assertThat(printed).contains("There is no log in");
    assertThat(run("--log", folder.resolve("absent").toString())).isEqualTo(2);
    assertThat(printed).contains("There is no file or folder");
    log("a.json", "biceps\n");
    assertThat(run("--log", logFolder())).isEqualTo(2);
    assertThat(printed).contains("There is no record in 1 files").doesNotContain("biceps");
    assertThat(run()).isEqualTo(2);
    assertThat(printed).contains("Name a log by --log").contains("--scope");
    assertThat(run("--ttl", "0s")).isEqualTo(2);
    assertThat(printed).contains("The TTL 0s");
    assertThat(run("--what")).isEqualTo(2);
    assertThat(run("--help")).isZero();
    assertThat(printed).isEqualTo(LogOptions.USAGE);
  }

  @Test
  void run_withPricesOfOnesOwn_usesThem() throws IOException {
    log("a.json", record(1, NOON, "one", "x") + record(2, NOON.plusSeconds(9), "one", "x"));
    Path prices = folder.resolve("prices.json");
    Files.writeString(
        prices,
        """
        {"date": "2026-01-01", "sources": {"own": "a contract"},
         "store": {"readUnit": 0, "writeUnit": 0, "source": "own"},
         "models": {"amazon.nova-lite-v1:0": {"input": 1000, "output": 0, "source": "own"}}}
        """);

    assertThat(run("--log", logFolder(), "--prices", prices.toString())).as(printed).isZero();
    assertThat(printed).containsPattern("5 min +50.0 % +1 +1.00 +0.00 ").contains("2026-01-01");
  }

  /** The page loads nothing, and its plots are well-formed. */
  @Test
  void page_ofAnyLog_standsAlone() throws Exception {
    log("a.json", record(1, NOON, "one", "x").replace("role/coach", "role/<coach&\\\"plan"));

    assertThat(run("--log", logFolder())).as(printed).isZero();
    String page = page();
    assertThat(page)
        .doesNotContain("http:", "https:", "src=", "href=", "@import", "url(", "<script")
        .contains("prefers-color-scheme: dark");
    int plots = 0;
    for (int from = page.indexOf("<svg"); from >= 0; from = page.indexOf("<svg", from + 1)) {
      String svg = page.substring(from, page.indexOf("</svg>", from) + "</svg>".length());
      DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(new ByteArrayInputStream(svg.getBytes(UTF_8)));
      assertThat(svg).doesNotContain("NaN", "Infinity");
      plots++;
    }
    assertThat(plots).isEqualTo(3);
    assertThat(page).contains("_coach__plan");
  }
}
