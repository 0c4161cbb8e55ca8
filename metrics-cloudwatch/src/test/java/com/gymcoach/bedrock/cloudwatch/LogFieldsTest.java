package com.gymcoach.bedrock.cloudwatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.MetricsSink;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A call is told by the same names and values by either sink that writes lines. */
class LogFieldsTest {
  /** As SLF4J's simple logger writes pairs. */
  private static final Pattern PAIR = Pattern.compile("(\\w+)=([^ ]+)");

  /** The fields of a call. */
  static final Set<String> FIELDS =
      Set.of(
          Metrics.LOG_CACHED,
          Metrics.LOG_SOURCE,
          Metrics.LOG_AGE,
          Metrics.LOG_ENDPOINT,
          Metrics.LOG_MODEL,
          Metrics.LOG_OPERATION,
          Metrics.LOG_STATUS,
          Metrics.LOG_REASON,
          Metrics.LOG_KEPT,
          Metrics.LOG_STORED,
          Metrics.LOG_LATENCY,
          Metrics.LOG_INPUT_TOKENS,
          Metrics.LOG_OUTPUT_TOKENS,
          Metrics.LOG_COST_SAVED,
          Metrics.LOG_BACKGROUND);

  @Test
  void record_ofEachKindOfCall_logsTheFieldsOfTheEmfLine() {
    Set<String> seen = new TreeSet<>();
    for (CacheEvent event :
        List.of(
            Events.hot("chat"),
            Events.warm("chat"),
            Events.coalesced("chat"),
            Events.stale("chat"),
            Events.miss("chat"),
            Events.refused("chat", CacheReason.MAX_TOKENS),
            Events.bypass("chat", CacheReason.SCOPE_MISSING),
            Events.failed("chat", CacheFault.STORE_READ_FAILED),
            Events.notCached("chat"),
            Events.unpriced("chat"),
            Events.background("chat"))) {
      Map<String, String> logged = logged(event);
      assertThat(logged).isEqualTo(written(event));
      seen.addAll(logged.keySet());
    }
    assertThat(seen).isEqualTo(new TreeSet<>(FIELDS));
  }

  private static Map<String, String> logged(CacheEvent event) {
    PrintStream before = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      MetricsSink.logging().record(event);
    } finally {
      System.setErr(before);
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    Matcher pair = PAIR.matcher(out.toString(StandardCharsets.UTF_8));
    while (pair.find()) {
      pairs.put(pair.group(1), pair.group(2));
    }
    return pairs;
  }

  /** Returns what the line of metrics tells beside them, but faults, which are its alone. */
  private static Map<String, String> written(CacheEvent event) {
    List<String> lines = new ArrayList<>();
    EmfMetricsSink.builder().output(lines::add).build().record(event);
    JsonNode line = EmfRules.parse(lines.get(0));
    Set<String> metrics = new TreeSet<>(Set.of("_aws", Metrics.LOG_FAULT));
    Metrics.all().forEach(metric -> metrics.add(metric.metric()));
    metrics.addAll(
        Set.of(Metrics.ENDPOINT, Metrics.MODEL, Metrics.REASON, Metrics.FAULT, Metrics.CACHED));
    Map<String, String> fields = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : line.properties()) {
      if (!metrics.contains(field.getKey())) {
        fields.put(field.getKey(), field.getValue().asText());
      }
    }
    return fields;
  }
}
