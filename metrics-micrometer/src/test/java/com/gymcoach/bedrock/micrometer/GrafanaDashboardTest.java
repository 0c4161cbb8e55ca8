package com.gymcoach.bedrock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.gymcoach.bedrock.cache.BedrockCache;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard is made of the sink's names, and reads metrics that Prometheus has. */
class GrafanaDashboardTest {
  private static final Path FILE = Path.of("..", "docs", "monitoring", "grafana-dashboard.json");

  /** To write the file anew: {@code -Dtest=GrafanaDashboardTest -Dmonitoring.write=true}. */
  @Test
  void file_isTheOneThatTheNamesGive() throws IOException {
    if (Boolean.getBoolean("monitoring.write")) {
      Files.writeString(FILE, GrafanaDashboard.json());
    }
    assertThat(FILE).hasContent(GrafanaDashboard.json());
    try (JsonParser parser = new JsonFactory().createParser(GrafanaDashboard.json())) {
      int tokens = 0;
      while (parser.nextToken() != null) { // throws unless it is JSON
        tokens++;
      }
      assertThat(tokens).isPositive();
    }
  }

  @Test
  void queries_readMetricsAndTagsOfTheScrape() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    MicrometerMetricsSink sink = MicrometerMetricsSink.create(prometheus);
    Scrapes.recordEachKind(sink);
    try (BedrockCache cache = BedrockCache.builder().metricsSink(sink).build()) {
      assertThat(cache.stats().hotEntries()).isZero();
      Set<String> scraped =
          prometheus
              .scrape()
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split("[{ ]", 2)[0])
              .collect(Collectors.toSet());
      Set<String> read = new TreeSet<>();
      for (GrafanaDashboard.Query query : GrafanaDashboard.queries()) {
        Matcher name = Pattern.compile("bedrock_cache_\\w+").matcher(query.text());
        while (name.find()) {
          read.add(name.group());
        }
      }
      assertThat(scraped).containsAll(read);
      assertThat(read).hasSizeGreaterThan(10);
    }
  }
}
