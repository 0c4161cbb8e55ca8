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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard is made of the sink's names, and reads metrics that Prometheus has. */
class GrafanaDashboardTest {
  private static final Path FILE = Path.of("..", "docs", "monitoring", "grafana-dashboard.json");

  /** To write the file again: {@code -Dtest=GrafanaDashboardTest -Dmonitoring.write=true}. */
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

  private static final Pattern READ =
      Pattern.compile(
          "(?:sum by \\((?<by>\\w+)\\) |sum)\\((?:rate\\()?(?<metric>bedrock_cache_\\w+)"
              + "(?:\\{(?<filters>[^}]*)})?");

  private static final Pattern FILTER = Pattern.compile("(?<tag>\\w+)=~\"(?<values>[^\"]*)\"");

  private static final Pattern SERIES =
      Pattern.compile("(?<metric>bedrock_cache_\\w+)(?:\\{(?<tags>[^}]*)})? .*");

  /** Returns the scraped values of each tag of each metric, such as {@code "requests result"}. */
  private static Map<String, Set<String>> scrapedTags() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Scrapes.recordEachKind(MicrometerMetricsSink.create(prometheus));
    Map<String, Set<String>> values = new HashMap<>();
    for (String line : prometheus.scrape().split("\n", -1)) {
      Matcher series = SERIES.matcher(line);
      if (series.matches() && series.group("tags") != null) {
        for (String tag : series.group("tags").split(",", -1)) {
          String[] pair = tag.split("=", 2);
          values
              .computeIfAbsent(series.group("metric") + " " + pair[0], key -> new TreeSet<>())
              .add(pair[1].replace("\"", ""));
        }
      }
    }
    return values;
  }

  @Test
  void queries_nameTagsAndValuesThatTheMeterHas() {
    Map<String, Set<String>> scraped = scrapedTags();
    int tags = 0;
    for (GrafanaDashboard.Query query : GrafanaDashboard.queries()) {
      Matcher read = READ.matcher(query.text());
      while (read.find()) {
        String metric = read.group("metric");
        if (read.group("by") != null) {
          assertThat(scraped).as(query.text()).containsKey(metric + " " + read.group("by"));
          assertThat(query.legend()).contains("{{" + read.group("by") + "}}");
          tags++;
        }
        Matcher filter = FILTER.matcher(read.group("filters") == null ? "" : read.group("filters"));
        while (filter.find()) {
          String tag = metric + " " + filter.group("tag");
          assertThat(scraped).as(query.text()).containsKey(tag);
          if (!filter.group("values").startsWith("$")) {
            assertThat(scraped.get(tag)).contains(filter.group("values").split("\\|"));
          }
          tags++;
        }
      }
    }
    assertThat(tags).isGreaterThan(25);
  }
}
