package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;

/** What operators read is made of the names that the sinks use. */
class MonitoringTest {
  private static final Path DOCS = Path.of("..", "docs");

  /** To write the files again: {@code -Dtest=MonitoringTest -Dmonitoring.write=true}. */
  @Test
  void files_areThoseThatTheNamesGive() throws IOException {
    for (Map.Entry<String, String> file : Monitoring.files().entrySet()) {
      Path path = DOCS.resolve("monitoring").resolve(file.getKey());
      if (Boolean.getBoolean("monitoring.write")) {
        Files.createDirectories(path.getParent());
        Files.writeString(path, file.getValue());
      }
      assertThat(path).hasContent(file.getValue());
    }
  }

  @Test
  void files_readMetricsThatAreSent() {
    Set<String> named = new TreeSet<>();
    for (String file : Monitoring.files().values()) {
      Matcher name =
          Pattern.compile("(?:MetricName(?:=\"|\" : \")|\"\\$\\{Namespace}\",\")(\\w+)")
              .matcher(file.replace("\\", "")); // the dashboard is a text in JSON
      while (name.find()) {
        named.add(name.group(1));
      }
    }
    List<String> sent = Metrics.all().stream().map(Metrics::metric).toList();
    assertThat(named)
        .contains("CacheHitRate", "ResponseTime", "CostSaved", "BedrockErrors", "BedrockCost")
        .allMatch(name -> sent.contains(name) || name.endsWith("ThrottleEvents"));
  }

  @Test
  void metricsMd_namesEachMetricUnitAndField() throws IOException {
    String page = Files.readString(DOCS.resolve("metrics.md"));
    for (Metrics metric : Metrics.all()) {
      assertThat(page).contains("| `" + metric.metric() + "` | " + metric.unit() + " |");
    }
    for (String field : logFields()) {
      assertThat(page).contains("| `" + field + "` |");
    }
  }

  /** The snippet of the page; compiled, not run. */
  static BedrockCache snippet() {
    // region
    MetricsSink sink = CloudWatchMetricsSink.builder().client(CloudWatchClient.create()).build();
    // In Lambda, EmfMetricsSink.create() in its place.
    BedrockCache cache = BedrockCache.builder().metricsSink(sink).build();
    // endregion
    return cache;
  }

  @Test
  void metricsMd_showsWhatIsCompiled() throws IOException {
    Path source = Path.of("src/test/java/com/gymcoach/bedrock/cloudwatch/MonitoringTest.java");
    Matcher compiled =
        Pattern.compile("(?s)\\n *// region\\n(.*?)\\n *// endregion")
            .matcher(Files.readString(source));
    Matcher shown =
        Pattern.compile("(?s)```java\\n(.*?)\\n```")
            .matcher(Files.readString(DOCS.resolve("metrics.md")));
    assertThat(compiled.find()).isTrue();
    assertThat(shown.results().map(result -> result.group(1)))
        .containsExactly(compiled.group(1).stripIndent());
  }

  @Test
  void queries_whenRunOnRealLines_giveTheFigures() {
    List<String> lines = new ArrayList<>();
    ManualTime time = ManualTime.startingAt(Instant.parse("2026-11-26T12:00:00Z"));
    EmfMetricsSink sink = EmfMetricsSink.builder().output(lines::add).time(time).build();
    sink.record(Events.hot("chat"));
    sink.record(Events.hot("chat"));
    sink.record(Events.warm("chat"));
    sink.record(Events.miss("chat"));
    sink.record(Events.refused("meal-plan", CacheReason.MAX_TOKENS));
    sink.record(Events.failed("chat"));
    sink.invalidated("*", 3);
    time.advance(Duration.ofMinutes(10));
    sink.record(Events.failed("chat", CacheFault.STORE_READ_TIMEOUT));

    assertThat(run("PerformanceBySource", lines))
        .containsExactly(entry("hot", Map.of("count", 2.0)), entry("warm", Map.of("count", 1.0)));
    assertThat(run("ErrorsOverTime", lines).values())
        .containsExactly(Map.of("count", 1.0), Map.of("count", 1.0));
    assertThat(run("ErrorsByEndpoint", lines))
        .containsExactly(entry("chat|" + Events.MODEL, Map.of("failed", 2.0)));
    assertThat(run("ErrorsOfTheCache", lines))
        .containsExactly(entry("STORE_READ_TIMEOUT", Map.of("times", 1.0)));
    assertThat(run("PerformanceByEndpoint", lines))
        .containsEntry("chat|hot", Map.of("calls", 2.0, "averageMs", 2.0, "p95Ms", 2.0))
        .containsEntry(
            "meal-plan|bedrock", Map.of("calls", 1.0, "averageMs", 1_200.0, "p95Ms", 1_200.0));
    Map<String, Double> chat =
        Objects.requireNonNull(run("CostByEndpoint", lines).get("chat|" + Events.MODEL));
    assertThat(chat).containsEntry("calls", 6.0).containsEntry("tokensIn", 400.0);
    double saved = 3 * Events.PRICE - 0.000001 - 0.000002;
    assertThat(chat.getOrDefault("savedUsd", 0.0)).isCloseTo(saved, within(1e-12));
    assertThat(run("CostOverTime", lines)).hasSize(1);
    assertThat(Monitoring.QUERIES).hasSize(7);
  }

  private static List<String> logFields() {
    List<String> fields = new ArrayList<>(LogFieldsTest.FIELDS);
    fields.addAll(List.of(Metrics.LOG_FAULT, Metrics.LOG_ENTRIES));
    return fields;
  }

  private static Map<String, Map<String, Double>> run(String id, List<String> lines) {
    String text =
        Monitoring.QUERIES.stream()
            .filter(query -> query.id().equals(id))
            .findAny()
            .orElseThrow()
            .text();
    return Insights.run(text, lines);
  }
}
