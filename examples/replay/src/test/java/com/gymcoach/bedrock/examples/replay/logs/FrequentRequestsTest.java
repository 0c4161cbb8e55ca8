package com.gymcoach.bedrock.examples.replay.logs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.warmup.RequestLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.InvokeModelRequest;

class FrequentRequestsTest {
  @TempDir Path folder;
  private String printed = "";

  private static String converse(String question, String user, String error) {
    return "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-11-01T10:00:02Z\","
        + "\"operation\":\"Converse\",\"modelId\":\"amazon.nova-lite-v1:0\","
        + (error.isEmpty() ? "" : "\"errorCode\":\"" + error + "\",")
        + "\"requestMetadata\":{\"user\":\""
        + user
        + "\",\"feature\":\"chat\"},\"input\":{\"inputBodyJson\":{\"messages\":[{\"role\":\"user\","
        + "\"content\":[{\"text\":\""
        + question
        + "\"}]}],\"inferenceConfig\":{\"temperature\":0.3,\"maxTokens\":500}}}}";
  }

  private static String invoke(String question) {
    return "{\"schemaType\":\"ModelInvocationLog\",\"timestamp\":\"2026-11-01T10:00:02Z\","
        + "\"operation\":\"InvokeModel\",\"modelId\":\"amazon.titan-embed-text-v2:0\","
        + "\"input\":{\"inputBodyJson\":{\"inputText\":\""
        + question
        + "\"}}}";
  }

  private List<RequestLine> run(List<String> log, String... options) throws IOException {
    Path file = Files.write(folder.resolve("log.json"), log);
    Path to = folder.resolve("frequent.jsonl");
    List<String> arguments =
        new ArrayList<>(List.of("--log", file.toString(), "--out", to.toString()));
    arguments.addAll(List.of(options));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int status =
        FrequentRequests.run(new PrintStream(out, true, UTF_8), arguments.toArray(new String[0]));
    printed = out.toString(UTF_8);
    assertThat(status).as(printed).isZero();
    List<RequestLine> lines = new ArrayList<>();
    for (String line : Files.readAllLines(to)) {
      lines.add(RequestLine.read(line.getBytes(UTF_8)));
    }
    return lines;
  }

  private static String question(RequestLine line) {
    return ((ConverseRequest) line.request()).messages().get(0).content().get(0).text();
  }

  @Test
  void run_forTheSharedScope_writesTheMostFrequentFirst() throws IOException {
    List<String> log = new ArrayList<>();
    for (String question : List.of("a", "b", "c", "b", "c", "b", "once")) {
      log.add(converse(question, "u-" + log.size(), ""));
    }
    log.add(converse("a", "x", ""));
    log.add("malformed");
    for (int i = 0; i < 9; i++) {
      log.add(converse("failed", "x", "ThrottlingException"));
    }
    List<RequestLine> lines = run(log, "--shared", "--endpoint", "chat");
    assertThat(lines).extracting(FrequentRequestsTest::question).startsWith("b").hasSize(3);
    assertThat(lines)
        .extracting(RequestLine::scope)
        .containsOnly(CacheScope.shared().endpoint("chat"));
    assertThat(((ConverseRequest) lines.get(0).request()).inferenceConfig().temperature())
        .isEqualTo(0.3f);
    assertThat(printed).contains("3 requests written", "line 9: it is not valid JSON");
    assertThat(run(log, "--shared", "--top", "1")).hasSize(1);
    assertThat(run(log, "--shared", "--least", "3")).hasSize(1);
  }

  @Test
  void run_forUsers_writesEachUsersOwn() throws IOException {
    List<String> log =
        List.of(
            converse("a", "ann", ""),
            converse("a", "bob", ""),
            converse("a", "ann", ""),
            converse("b", "", ""),
            converse("b", "", ""),
            invoke("no metadata"),
            invoke("no metadata"));
    List<RequestLine> lines = run(log, "--user", "user", "--endpoint-key", "feature");
    assertThat(lines)
        .extracting(RequestLine::scope)
        .containsExactly(CacheScope.user("ann").endpoint("chat"));
  }

  @Test
  void run_ofInvokeModel_addsTheHeadersThatTheLogLacks() throws IOException {
    List<RequestLine> lines =
        run(
            List.of(invoke("a"), invoke("a")),
            "--shared",
            "--header",
            "Content-Type=application/json");
    InvokeModelRequest request = (InvokeModelRequest) lines.get(0).request();
    assertThat(request.contentType()).isEqualTo("application/json");
    assertThat(request.body().asUtf8String()).isEqualTo("{\"inputText\":\"a\"}");
  }

  @Test
  void run_ofARequestThatTheSdkDoesNotKnow_namesItsLine() throws IOException {
    String line = converse("a", "x", "").replace("\"temperature\"", "\"sesame\"");
    assertThat(run(List.of(line, line), "--shared")).isEmpty();
    assertThat(printed)
        .contains("line 1: its request cannot be sent as it is in the log")
        .doesNotContain("sesame");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--shared",
        "--log x --out y",
        "--log x --out y --shared --user u",
        "--log x --out y --shared --top 0",
        "--log x --out y --shared --header x",
        "--log x --out y --what"
      })
  void run_withWrongOptions_printsTheUsage(String options) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(FrequentRequests.run(new PrintStream(out, true, UTF_8), options.split(" ")))
        .isEqualTo(2);
    assertThat(out.toString(UTF_8)).contains("--least N");
  }

  @Test
  void most_ofMoreKeysThanTheLimit_stillHasTheFrequentOnes() {
    Digests digests = new Digests();
    Frequencies frequencies = new Frequencies(100);
    Digests.Key often = digests.of("often");
    for (int i = 0; i < 10_000; i++) {
      frequencies.add(i % 10 == 0 ? often : digests.of("rare " + i));
    }
    Map<Digests.Key, Integer> most = frequencies.most(5, 900);
    assertThat(most.keySet()).isEqualTo(Set.of(often));
  }
}
