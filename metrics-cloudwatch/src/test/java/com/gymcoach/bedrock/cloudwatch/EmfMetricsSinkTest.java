package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.CallCost;
import com.gymcoach.bedrock.cloudwatch.EmfRules.Made;
import com.gymcoach.bedrock.testkit.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EmfMetricsSinkTest {
  private static final Map<String, String> CHAT = Map.of("Endpoint", "chat");
  private static final Map<String, String> ALL_TOGETHER = Map.of();
  private static final Instant NOW = Instant.parse("2026-11-26T12:00:00.123Z");

  private final List<String> lines = new ArrayList<>();
  private final EmfMetricsSink sink =
      EmfMetricsSink.builder().output(lines::add).time(ManualTime.startingAt(NOW)).build();

  @Test
  void record_whenHit_writesOneLineThatHoldsMetricsAndFields() {
    sink.record(Events.warm("chat"));

    assertThat(lines).hasSize(1);
    EmfRules.check(lines.get(0));
    JsonNode line = EmfRules.parse(lines.get(0));
    assertThat(line.at("/_aws/Timestamp").asLong()).isEqualTo(NOW.toEpochMilli());
    assertThat(line.at("/_aws/CloudWatchMetrics/0/Namespace").asText()).isEqualTo("BedrockCache");
    assertThat(line.get("cached").isBoolean()).isTrue();
    assertThat(line.get("cached").asBoolean()).isTrue();
    assertThat(line.get("cacheSource").asText()).isEqualTo("warm");
    assertThat(line.get("cacheAge").asLong()).isEqualTo(60);
    assertThat(line.get("endpoint").asText()).isEqualTo("chat");
    assertThat(line.get("model").asText()).isEqualTo(Events.MODEL);
    assertThat(line.get("latencyMs").asDouble()).isEqualTo(10);
    assertThat(line.get("inputTokens").asLong()).isEqualTo(100);
    assertThat(line.get("outputTokens").asLong()).isEqualTo(200);
    assertThat(line.get("costSavedUsd").asDouble()).isEqualTo(Events.PRICE - 0.000001);
    assertThat(line.has("reason")).isFalse();
  }

  @Test
  void f72_faultOfAnInvalidation_isALineOfItsOwn() {
    sink.fault("chat", CacheFault.INVALIDATION_FAILED);
    sink.fault("*", CacheFault.DELETE_FAILED);
    List<Made> made = made();
    assertThat(sum(made, Metrics.STORE_ERRORS, chatAnd("Fault", "INVALIDATION_FAILED")))
        .isEqualTo(1);
    assertThat(
            sum(made, Metrics.STORE_ERRORS, Map.of("Endpoint", "_all", "Fault", "DELETE_FAILED")))
        .isEqualTo(1);
  }

  /** Alarms read them: an alarm cannot add up the metrics of endpoints that it does not know. */
  @Test
  void faults_areAlsoCountedForAllEndpointsTogether() {
    sink.fault("chat", CacheFault.INVALIDATION_FAILED);
    sink.fault("*", CacheFault.INVALIDATION_FAILED);
    sink.record(Events.failed("meal-plan", CacheFault.STORE_UNAVAILABLE, CacheFault.CLOCK_SKEW));
    List<Made> made = made();
    assertThat(sum(made, Metrics.STORE_ERRORS, Map.of("Fault", "INVALIDATION_FAILED")))
        .isEqualTo(2);
    assertThat(sum(made, Metrics.STORE_ERRORS, Map.of("Fault", "STORE_UNAVAILABLE"))).isEqualTo(1);
    assertThat(sum(made, Metrics.STORE_ERRORS, Map.of("Fault", "CLOCK_SKEW"))).isEqualTo(1);
  }

  @Test
  void record_whenSequenceIsKnown_givesItsFigures() {
    sink.record(Events.hot("chat"));
    sink.record(Events.warm("chat"));
    sink.record(Events.coalesced("chat"));
    sink.record(Events.stale("chat"));
    sink.record(Events.unpriced("chat"));
    sink.record(Events.miss("chat"));
    sink.record(Events.refused("chat", CacheReason.MAX_TOKENS));
    sink.record(Events.failed("chat", CacheFault.STORE_READ_TIMEOUT));
    sink.record(Events.bypass("chat", CacheReason.SCOPE_MISSING));
    sink.record(Events.background("chat"));
    sink.invalidated("chat", 3);
    sink.invalidated("*", 9);

    assertThat(lines).hasSize(12);
    List<Made> made = made();
    for (Map<String, String> whose : List.of(CHAT, ALL_TOGETHER)) {
      List<Double> rates = values(made, Metrics.CACHE_HIT_RATE, whose);
      assertThat(rates).hasSize(8);
      assertThat(rates.stream().mapToDouble(r -> r).average().orElseThrow()).isEqualTo(62.5);
      assertThat(sum(made, Metrics.CACHE_HITS, whose)).isEqualTo(5);
      assertThat(sum(made, Metrics.CACHE_MISSES, whose)).isEqualTo(3);
      assertThat(sum(made, Metrics.BEDROCK_ERRORS, whose)).isEqualTo(1);
      assertThat(sum(made, Metrics.UNPRICED, whose)).isEqualTo(1);
      assertThat(sum(made, Metrics.COST_SAVED, whose))
          .isCloseTo(4 * Events.PRICE - 0.000001 - 0.000002 - Events.PRICE, within(1e-12));
      assertThat(sum(made, Metrics.BEDROCK_COST, whose)).isCloseTo(4 * Events.PRICE, within(1e-12));
      assertThat(values(made, Metrics.RESPONSE_TIME, whose)).hasSize(8);
    }
    assertThat(sum(made, Metrics.HOT_HITS, CHAT)).isEqualTo(3);
    assertThat(sum(made, Metrics.WARM_HITS, CHAT)).isEqualTo(1);
    assertThat(sum(made, Metrics.COALESCED, CHAT)).isEqualTo(1);
    assertThat(sum(made, Metrics.STALE_SERVED, CHAT)).isEqualTo(1);
    assertThat(sum(made, Metrics.CACHE_INVALIDATIONS, CHAT)).isEqualTo(1);
    assertThat(sum(made, Metrics.CACHE_INVALIDATIONS, Map.of("Endpoint", "_all"))).isEqualTo(1);
    assertThat(sum(made, Metrics.BYPASSES, chatAnd("Reason", "SCOPE_MISSING"))).isEqualTo(1);
    assertThat(sum(made, Metrics.REFUSALS, chatAnd("Reason", "MAX_TOKENS"))).isEqualTo(1);
    assertThat(sum(made, Metrics.STORE_ERRORS, chatAnd("Fault", "STORE_READ_TIMEOUT")))
        .isEqualTo(1);
    assertThat(values(made, Metrics.RESPONSE_TIME, chatAnd("Cached", "true")))
        .containsExactly(2.0, 10.0, 900.0, 2.0, 2.0);
    assertThat(values(made, Metrics.STORE_LATENCY, CHAT)).containsExactly(4.0, 4.0);
    assertThat(values(made, Metrics.ENTRY_BYTES, CHAT)).containsExactly(1_500.0, 1_500.0);
    assertThat(made).allMatch(m -> m.unit().equals(unit(m.name())));
  }

  @Test
  void record_whenSeveralFaults_writesALineMoreForEach() {
    sink.record(Events.failed("chat", CacheFault.STORE_READ_FAILED, CacheFault.STORE_WRITE_FAILED));

    assertThat(lines).hasSize(2);
    List<Made> made = made();
    assertThat(sum(made, Metrics.STORE_ERRORS, chatAnd("Fault", "STORE_READ_FAILED"))).isEqualTo(1);
    assertThat(sum(made, Metrics.STORE_ERRORS, chatAnd("Fault", "STORE_WRITE_FAILED")))
        .isEqualTo(1);
    assertThat(EmfRules.parse(lines.get(1)).has("cached")).isFalse(); // no call more for queries
  }

  @Test
  void record_whenModelsAreAskedFor_tellsThemBesideTheEndpoint() {
    EmfMetricsSink byModel =
        EmfMetricsSink.builder().output(lines::add).modelDimension(true).build();
    byModel.record(Events.hot("chat"));

    List<Made> made = made();
    assertThat(sum(made, Metrics.CACHE_HITS, chatAnd("Model", Events.MODEL))).isEqualTo(1);
    assertThat(sum(made, Metrics.CACHE_HITS, CHAT)).isEqualTo(1);
    assertThat(sum(made, Metrics.CACHE_HITS, ALL_TOGETHER)).isEqualTo(1);
    assertThat(values(made, Metrics.RESPONSE_TIME, chatAnd("Model", Events.MODEL))).hasSize(1);
    assertThat(values(made, Metrics.RESPONSE_TIME, chatAnd("Cached", "true"))).hasSize(1);
  }

  /** contract.md's query for errors looks for the word in the whole line. */
  @Test
  void record_whenNothingFailed_doesNotHoldTheWordError() {
    sink.record(Events.hot("chat"));
    sink.record(Events.miss("chat"));
    sink.record(Events.bypass("chat", CacheReason.SCOPE_MISSING));
    sink.invalidated("*", 1);
    assertThat(lines).noneMatch(line -> line.toLowerCase(java.util.Locale.ROOT).contains("error"));

    sink.record(Events.failed("chat"));
    assertThat(lines.get(4)).contains("\"status\":\"error\"");
  }

  /** The caller asked for that: it is a miss, and no error of Bedrock's. */
  @Test
  void record_whenOnlyIfCachedFoundNothing_isAMissAndNoError() {
    sink.record(Events.notCached("chat"));

    List<Made> made = made();
    assertThat(sum(made, Metrics.CACHE_MISSES, CHAT)).isEqualTo(1);
    assertThat(values(made, Metrics.CACHE_HIT_RATE, CHAT)).containsExactly(0.0);
    assertThat(values(made, Metrics.BEDROCK_ERRORS, CHAT)).isEmpty();
    assertThat(values(made, Metrics.UNPRICED, CHAT)).isEmpty();
    assertThat(values(made, Metrics.RESPONSE_TIME, CHAT)).isEmpty();
    assertThat(lines.get(0))
        .contains("\"status\":\"MISS\"", "\"reason\":\"ONLY_IF_CACHED\"")
        .doesNotContainIgnoringCase("error");
  }

  @Test
  void f78_record_whenFigureIsNoNumber_leavesItOut() {
    sink.record(
        new CacheEvent(
            "Converse",
            "chat",
            "m",
            Outcomes.hit(CacheSource.HOT, 12),
            Duration.ofMillis(1),
            null,
            null,
            new CallCost(Double.NaN, 0, Double.POSITIVE_INFINITY),
            Set.of(),
            false,
            false));

    List<Made> made = made();
    assertThat(values(made, Metrics.COST_SAVED, CHAT)).isEmpty();
    assertThat(sum(made, Metrics.CACHE_HITS, CHAT)).isEqualTo(1);
    assertThat(EmfRules.parse(lines.get(0)).has("costSavedUsd")).isFalse();
  }

  /** F79: the function may be frozen as soon as the call has returned. */
  @Test
  void f79_record_whenItReturns_theLineIsOut() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream lazy =
        new PrintStream(
            new java.io.BufferedOutputStream(out, 1 << 20), false, StandardCharsets.UTF_8);
    EmfMetricsSink toStream = EmfMetricsSink.builder().output(lazy).build();
    toStream.record(Events.hot("chat"));
    String beforeFlush = out.toString(StandardCharsets.UTF_8);
    toStream.flush();

    assertThat(beforeFlush).endsWith("}\n").isEqualTo(out.toString(StandardCharsets.UTF_8));
    EmfRules.check(beforeFlush.strip());
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().contains("emf"));
  }

  @Test
  void create_writesToStandardOutput() {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      EmfMetricsSink.create().record(Events.hot("chat"));
    } finally {
      System.setOut(before);
    }

    EmfRules.check(out.toString(StandardCharsets.UTF_8).strip());
  }

  private List<Made> made() {
    return lines.stream().flatMap(line -> EmfRules.check(line).stream()).toList();
  }

  private static double sum(List<Made> made, Metrics metric, Map<String, String> dimensions) {
    return values(made, metric, dimensions).stream().mapToDouble(v -> v).sum();
  }

  private static List<Double> values(
      List<Made> made, Metrics metric, Map<String, String> dimensions) {
    return made.stream()
        .filter(m -> m.name().equals(metric.metric()) && m.dimensions().equals(dimensions))
        .map(Made::value)
        .toList();
  }

  private static String unit(String name) {
    return Metrics.all().stream()
        .filter(metric -> metric.metric().equals(name))
        .findAny()
        .orElseThrow()
        .unit();
  }

  private static Map<String, String> chatAnd(String name, String value) {
    return Map.of("Endpoint", "chat", name, value);
  }
}
