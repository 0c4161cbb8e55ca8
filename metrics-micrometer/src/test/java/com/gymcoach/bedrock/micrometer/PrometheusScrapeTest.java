package com.gymcoach.bedrock.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.spi.metrics.CacheEvent;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What Prometheus reads: names, units and tags, and that the tags are closed sets. */
class PrometheusScrapeTest {
  private static final Pattern TAG = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private final PrometheusMeterRegistry prometheus =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private MicrometerMetricsSink sink() {
    return MicrometerMetricsSink.create(prometheus);
  }

  private Set<String> values(String tag) {
    Set<String> values = new TreeSet<>();
    Matcher each = TAG.matcher(prometheus.scrape());
    while (each.find()) {
      if (each.group(1).equals(tag)) {
        values.add(each.group(2));
      }
    }
    return values;
  }

  @Test
  void scrape_afterCallsOfEachKind_hasEachMeter() {
    Scrapes.recordEachKind(sink());
    try (BedrockCache cache = BedrockCache.builder().metricsSink(sink()).build()) {
      assertThat(cache.stats().hotEntries()).isZero();
      assertThat(prometheus.scrape())
          .contains(
              "bedrock_cache_requests_total{endpoint=\"chat\",result=\"hit\",source=\"hot\"} 2.0",
              "bedrock_cache_requests_total{endpoint=\"chat\",result=\"failed\",source=\"bedrock\"}"
                  + " 1.0",
              "bedrock_cache_latency_seconds_count{endpoint=\"chat\",source=\"bedrock\"}",
              "bedrock_cache_cost_USD_total{endpoint=\"chat\",kind=\"call\"}",
              "bedrock_cache_cost_USD_total{endpoint=\"chat\",kind=\"refresh\"}",
              "bedrock_cache_cost_USD_total{endpoint=\"chat\",kind=\"store\"}",
              "bedrock_cache_saved_USD_total{endpoint=\"chat\"}",
              "bedrock_cache_store_calls_seconds_count{endpoint=\"chat\"}",
              "bedrock_cache_entry_size_bytes_count{endpoint=\"chat\"}",
              "bedrock_cache_faults_total{endpoint=\"chat\",fault=\"STORE_UNAVAILABLE\"} 1.0",
              "bedrock_cache_invalidations_total{endpoint=\"_all\"} 1.0",
              "bedrock_cache_memory_used_bytes 0.0",
              "bedrock_cache_memory_max_bytes",
              "bedrock_cache_memory_entries 0.0",
              "bedrock_cache_breakers_open 0.0");
    }
  }

  @Test
  void s_u_record_whenNamesComeFromUsers_boundsTheTags() {
    MicrometerMetricsSink sink = MicrometerMetricsSink.builder(prometheus).modelTag(true).build();
    for (int i = 0; i < 200; i++) {
      sink.record(Scrapes.hot("user-" + i, "model-" + i));
      sink.record(Scrapes.hot("chat", "model-" + i));
      sink.invalidated("user-" + i, 1);
      sink.fault("user-" + i, CacheFault.DELETE_FAILED);
    }
    for (String name : new String[] {"", "what should I eat?", "u@example.com", "a\nb"}) {
      sink.record(Scrapes.hot(name, name));
    }
    assertThat(values(Names.ENDPOINT)).hasSize(65).contains("chat", "_others");
    assertThat(values(Names.MODEL)).hasSizeLessThanOrEqualTo(65 + 16).contains("_others");
    assertThat(prometheus.scrape()).doesNotContain("eat?", "u@example");
  }

  /** The registry is asked once per meter: a look-up allocates over 200 bytes. */
  @Test
  void record_whenTheMetersExist_asksTheRegistryNoMore() {
    MicrometerMetricsSink sink = sink();
    CacheEvent event = Scrapes.hot("chat", "model");
    for (int i = 0; i < 20_000; i++) {
      sink.record(event);
    }
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 100_000; i++) {
      sink.record(event);
    }
    long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / 100_000;
    assertThat(bytes).isLessThan(100);
  }
}
