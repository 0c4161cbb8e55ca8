package com.gymcoach.bedrock.examples.lambda;

import static com.gymcoach.bedrock.examples.lambda.Events.chat;
import static com.gymcoach.bedrock.examples.lambda.Events.event;
import static com.gymcoach.bedrock.examples.lambda.Events.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.gymcoach.bedrock.examples.lambda.Events.Reply;
import com.gymcoach.bedrock.testkit.BedrockStandIn;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * The jar in Lambda's own bootstrap: what operators run after a deployment, load, what the log
 * lines say, and SnapStart. Lambda's runtime client comes for Linux only.
 */
@EnabledOnOs(OS.LINUX)
class BootstrapIT {
  private static final LocalAws AWS = LocalAws.shared();
  private static final String ALICE = "alice-of-wonderland";
  private static final String BOB = "bob-the-builder";

  /** How long a busy machine may take to do once what an idle one does at the first attempt. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;
  private final Map<String, List<Duration>> latencies = new TreeMap<>();
  private final Map<String, Integer> sources = new HashMap<>();
  private final Set<FunctionProcess> asked = new HashSet<>();
  private int failed;
  private int notHot;

  @AfterEach
  void reset() {
    AWS.standIn.answerAsUsual();
    AWS.local.resume();
  }

  @Test
  void whatOperatorsTest_holdsInLambdasBootstrap() throws Exception {
    try (FunctionProcess function = start("on-demand");
        FunctionProcess second = start("on-demand")) {
      acceptanceTests(function);
      hundredRequests(function);
      burst(function);
      failures(function);
      warmRequests(second);
      outage(function);
      memory(function);
      assertThat(function.api.asked()).isEmpty(); // nothing ended in an error of Lambda's
      function.end();
      second.end();

      printLatencies();
      queriesTellWhatClientsSaw(function.out);
      assertThat(List.of(function.out, function.err, second.out, second.err).toString())
          .contains("cacheSource")
          .doesNotContain(ALICE, BOB, "zebra", "Keep it simple");
    }
  }

  private static void memory(FunctionProcess function) throws IOException {
    OptionalLong most = function.mostMemory();
    if (most.isPresent()) {
      System.out.printf("memory: %d MB at most%n", most.getAsLong() / 1_024);
      assertThat(most.getAsLong()).isLessThan(1_024 * 1_024);
    }
  }

  private FunctionProcess start(String type, String... flags) throws IOException {
    Map<String, String> environment = new HashMap<>(AWS.environment());
    environment.put("LOG_LEVEL", "TRACE");
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", type);
    return new FunctionProcess(folder, environment, flags);
  }

  /** Those of contract.md, by their numbers; the eighth comes when all else is done. */
  private void acceptanceTests(FunctionProcess function) throws Exception {
    askTwice(function, "zebra");

    JsonNode stats = function.call(event("GET", "/api/ai/cache/stats", ALICE)).body().path("data");
    assertThat(stats.path("hits").intValue()).as("3").isPositive();
    assertThat(stats.path("misses").intValue()).as("3").isPositive();
    assertThat(stats.path("hit_rate_percent").doubleValue()).as("3").isPositive();

    Reply invalidated =
        function.call(post("/api/ai/cache/invalidate", ALICE, "{\"invalidateAll\":true}"));
    assertThat(invalidated.body().path("success").booleanValue()).as("4").isTrue();
    assertThat(invalidated.body().path("invalidatedCount").intValue()).as("4").isPositive();
    assertThat(ask(function, chat(ALICE, "zebra 0")).body().path("cached").booleanValue())
        .as("5")
        .isFalse();

    int before = AWS.standIn.requests();
    assertThat(ask(function, chat(BOB, "zebra 0")).source()).as("6").isEqualTo("bedrock");
    assertThat(AWS.standIn.requests()).as("6").isEqualTo(before + 1);

    assertThat(
            lifeOfNew(
                function,
                "/api/ai/workout-plan/generate",
                "workout-plan",
                "{\"goals\":[\"zebra %d\"]}"))
        .as("7")
        .isBetween(Duration.ofHours(21), Duration.ofHours(25));
    assertThat(
            lifeOfNew(
                function,
                "/api/ai/progress/analyze",
                "progress-analysis",
                "{\"timeRange\":\"zebra %d\"}"))
        .as("7")
        .isBetween(Duration.ofMinutes(25), Duration.ofMinutes(35));
  }

  /**
   * The first two acceptance tests. They go on to another question where the machine is so busy
   * that a look-up came late: its answer is then not trusted later.
   */
  private void askTwice(FunctionProcess function, String what) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    for (int i = 0; Instant.now().isBefore(end); i++) {
      Reply first = ask(function, chat(ALICE, what + " " + i));
      Reply second = ask(function, chat(ALICE, what + " " + i));
      assertThat(first.source()).as("1").isEqualTo("bedrock");
      assertThat(first.body().path("cached").booleanValue()).as("1").isFalse();
      if (second.body().path("cached").booleanValue()) {
        assertThat(second.source()).as("2").isIn("hot", "warm");
        return;
      }
    }
    throw new AssertionError("2: never from the cache");
  }

  private void outage(FunctionProcess function) throws Exception {
    AWS.local.stop();
    Reply reply = ask(function, chat(ALICE, "zebra in an outage"));
    assertThat(reply.source()).as("8").isEqualTo("bedrock");
    AWS.local.resume();
  }

  /**
   * Asks until an answer is in the table, and returns what is left of its life there. Where the
   * machine is too busy for a look-up in time, that answer is not written.
   */
  private Duration lifeOfNew(FunctionProcess function, String route, String endpoint, String body)
      throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    for (int i = 0; Instant.now().isBefore(end); i++) {
      ask(function, post(route, ALICE, body.formatted(i)));
      for (Map<String, AttributeValue> item :
          AWS.dynamoDb.scan(scan -> scan.tableName("gymcoach-ai-main")).items()) {
        if (Objects.requireNonNull(item.get("SK")).s().startsWith("E#" + endpoint + "#")) {
          long ttl = Long.parseLong(Objects.requireNonNull(item.get("ttl")).n());
          return Duration.between(Instant.now(), Instant.ofEpochSecond(ttl));
        }
      }
    }
    throw new AssertionError("Nothing was written: " + endpoint);
  }

  /** A minute's worth, one after the other: half of them are repeats. */
  private void hundredRequests(FunctionProcess function) throws Exception {
    for (int i = 0; i < 100; i++) {
      Reply reply = ask(function, chat(BOB + i % 10, "minute zebra " + i / 10 % 5));
      isFrom(i < 50, reply);
    }
  }

  /** Four of five are repeats. */
  private void burst(FunctionProcess function) throws Exception {
    for (int i = 0; i < 1_000; i++) {
      Reply reply = ask(function, chat(ALICE + i % 20, "burst zebra " + i / 20 % 10));
      isFrom(i < 200, reply);
    }
  }

  private void isFrom(boolean bedrock, Reply reply) {
    if (bedrock || !reply.source().equals("bedrock")) {
      assertThat(reply.source()).isEqualTo(bedrock ? "bedrock" : "hot");
    } else {
      notHot++;
    }
  }

  private void failures(FunctionProcess function) throws Exception {
    AWS.standIn.answerWith(
        request -> BedrockStandIn.Reply.error(400, "ValidationException", "zebra, by " + ALICE));
    for (int i = 0; i < 3; i++) {
      assertThat(function.call(chat(ALICE, "zebra that fails " + i)).status()).isEqualTo(500);
      failed++;
    }
    AWS.standIn.answerAsUsual();
    assertThat(function.call(post("/api/ai/chat", ALICE, "zebra")).status()).isEqualTo(400);
    assertThat(function.call(post("/api/ai/chat", null, "zebra")).status()).isEqualTo(401);
  }

  /** Another process finds in the table what the first one asked; now and then it may be late. */
  private void warmRequests(FunctionProcess second) throws Exception {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < 20 || (i < 200 && !found.contains("warm")); i++) {
      found.add(timed(second, chat(ALICE + i % 20, "burst zebra " + i / 20)).source());
    }
    System.out.println("a new process: " + found);
    assertThat(found).doesNotContain("hot").contains("warm");
  }

  /** Asks, and remembers what a client sees. */
  private Reply ask(FunctionProcess function, ObjectNode request) throws Exception {
    Reply reply = timed(function, request);
    sources.merge(reply.source(), 1, Integer::sum);
    return reply;
  }

  private Reply timed(FunctionProcess function, ObjectNode request) throws Exception {
    long start = System.nanoTime();
    Reply reply = function.call(request);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    if (asked.add(function)) {
      System.out.printf("a process's first reply: %d ms, its start included%n", took.toMillis());
    } else {
      latencies.computeIfAbsent(reply.source(), source -> new ArrayList<>()).add(took);
    }
    assertThat(reply.status()).isEqualTo(200);
    return reply;
  }

  private void printLatencies() {
    latencies.forEach(
        (source, times) -> {
          List<Duration> sorted = times.stream().sorted().toList();
          System.out.printf(
              Locale.ROOT,
              "%-8s %,5d calls: half within %.1f ms, 95 of 100 within %.1f ms, all within %.1f ms%n",
              source,
              sorted.size(),
              millis(sorted, 0.5),
              millis(sorted, 0.95),
              millis(sorted, 1));
        });
  }

  private static double millis(List<Duration> sorted, double part) {
    return sorted.get((int) Math.ceil(sorted.size() * part) - 1).toNanos() / 1e6;
  }

  /** Each line is an object, and the saved queries give what the replies said. */
  private void queriesTellWhatClientsSaw(List<String> out) throws IOException {
    double calls = sources.values().stream().mapToInt(Integer::intValue).sum() + failed;
    Map<String, Map<String, Double>> hits = new HashMap<>();
    sources.forEach((source, times) -> hits.put(source, Map.of("count", (double) times)));
    hits.remove("bedrock");
    assertThat(Insights.run("PerformanceBySource", out)).isEqualTo(hits);
    assertThat(sum("PerformanceByEndpoint", "calls", out)).isEqualTo(calls);
    assertThat(Insights.run("ErrorsByEndpoint", out))
        .isEqualTo(Map.of("chat|amazon.nova-micro-v1:0", Map.of("failed", (double) failed)));
    assertThat(Insights.run("CostByEndpoint", out))
        .containsOnlyKeys(
            "chat|amazon.nova-micro-v1:0",
            "progress-analysis|amazon.nova-micro-v1:0",
            "workout-plan|amazon.nova-micro-v1:0");
    assertThat(sum("CostByEndpoint", "calls", out)).isEqualTo(calls);
    assertThat(sum("CostByEndpoint", "tokensOut", out)).isGreaterThan(calls);
    assertThat(sum("CostOverTime", "savedUsd", out))
        .isEqualTo(sum("CostByEndpoint", "savedUsd", out), within(1e-9))
        .isNotZero();
    Map<String, Map<String, Double>> faults = Insights.run("ErrorsOfTheCache", out);
    System.out.println("faults of the cache, that of the outage among them: " + faults);
    assertThat(faults).isNotEmpty();
    // A repeat that goes to Bedrock is one whose look-up was late before, and that was told.
    assertThat((double) notHot).isLessThan(sum("ErrorsOfTheCache", "times", out));
    // A failed call is told as a metric and by the function; one that went well is no error.
    long expected = 0;
    for (String line : out) {
      JsonNode root = Events.JSON.readTree(line);
      boolean wrong = root.path("status").asText().equals("error") || root.has("fault");
      expected += wrong || root.path("level").asText().matches("ERROR|WARN") ? 1 : 0;
    }
    assertThat(sum("ErrorsOverTime", "count", out)).isBetween(2.0 * failed, (double) expected);
  }

  private static double sum(String query, String column, List<String> out) throws IOException {
    return Insights.run(query, out).values().stream()
        .mapToDouble(row -> row.getOrDefault(column, 0.0))
        .sum();
  }

  @Test
  void s_s_snapStart_hooksRunAndTheFunctionServes() throws Exception {
    int lookUps = AWS.local.requests("BatchGetItem");
    int asked = AWS.standIn.requests();
    try (FunctionProcess function =
        start("snap-start", "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac")) {
      function.api.awaitSnapshot();
      assertThat(AWS.local.requests("BatchGetItem")).as("primed").isEqualTo(lookUps + 1);
      assertThat(AWS.standIn.requests()).as("for nothing").isEqualTo(asked);
      function.api.restore();

      askTwice(function, "quagga"); // zebras of the other test are in the table
      assertThat(function.api.asked()).containsExactly("restore/next");
      function.end();
      assertThat(function.out).anyMatch(line -> line.contains("Restored from a snapshot"));
    }
  }

  @Test
  void jar_holdsTheFunctionAndNothingOfTheTests() throws IOException {
    Path path = Path.of(Objects.requireNonNull(System.getProperty("lambda.jar")));
    try (JarFile jar = new JarFile(path.toFile())) {
      List<String> names =
          jar.stream().map(entry -> entry.getName().toLowerCase(Locale.ROOT)).toList();
      assertThat(names)
          .contains("com/gymcoach/bedrock/examples/lambda/gymcoachfunction.class", "logback.xml")
          .noneMatch(name -> name.matches("meta-inf/[^/]*\\.(sf|dsa|rsa)"))
          .noneMatch(
              name -> name.matches(".*(module-info|junit|testkit|sqlite|dynamodblocal|netty).*"));
    }
    System.out.printf("jar: %.1f MB%n", path.toFile().length() / 1e6);
    assertThat(path.toFile().length()).isLessThan(25_000_000);
  }
}
