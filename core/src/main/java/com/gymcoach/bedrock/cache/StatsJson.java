package com.gymcoach.bedrock.cache;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.CacheStats.Latency;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes a {@link CacheStats} as JSON. Clients rely on the names: never change one. */
final class StatsJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private StatsJson() {}

  static String of(CacheStats stats) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      out.writeBooleanField("enabled", stats.enabled());
      out.writeBooleanField("store_available", stats.storeAvailable());
      counts(out, stats.total());
      out.writeNumberField("invalidations", stats.invalidations());
      long errors = stats.faults().values().stream().mapToLong(Long::longValue).sum();
      out.writeNumberField("errors", errors);
      out.writeNumberField("hot_cache_entries", stats.hotEntries());
      out.writeNumberField("hot_cache_size", stats.hotBytes()); // in bytes, like the next one
      out.writeNumberField("hot_cache_max_size", stats.hotMaxBytes());
      numbers(out, "faults", stats.faults());
      groups(out, "by_endpoint", stats.byEndpoint());
      groups(out, "by_model", stats.byModel());
      observed(out, stats.observed());
      if (stats.verifiedHits().percent() > 0) {
        verified(out, stats.verifiedHits());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void observed(JsonGenerator out, Observed observed) throws IOException {
    out.writeObjectFieldStart("observed");
    out.writeStringField("extent", observed.extent().name().toLowerCase(Locale.ROOT));
    would(out, observed.total());
    out.writeObjectFieldStart("by_endpoint");
    for (Map.Entry<String, Observed.Would> one : new TreeMap<>(observed.byEndpoint()).entrySet()) {
      out.writeObjectFieldStart(one.getKey());
      would(out, one.getValue());
      out.writeEndObject();
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void would(JsonGenerator out, Observed.Would would) throws IOException {
    out.writeNumberField("hot_hits", would.hotHits());
    out.writeNumberField("warm_hits", would.warmHits());
    out.writeNumberField("misses", would.misses());
    out.writeNumberField("hit_rate_percent", rounded(would.hitRatePercent(), 100));
    out.writeNumberField("unpriced", would.unpriced());
    out.writeNumberField("cost_saved_usd", rounded(would.savedUsd(), 1e9));
    out.writeNumberField("mean_latency_ms", millis(would.meanLatency()));
    out.writeNumberField("mean_latency_on_ms", millis(would.meanLatencyOn()));
  }

  private static void verified(JsonGenerator out, VerifiedHits verified) throws IOException {
    out.writeObjectFieldStart("verified_hits");
    verified(out, verified.total());
    out.writeObjectFieldStart("by_endpoint");
    for (Map.Entry<String, VerifiedHits.Counts> one :
        new TreeMap<>(verified.byEndpoint()).entrySet()) {
      out.writeObjectFieldStart(one.getKey());
      verified(out, one.getValue());
      out.writeEndObject();
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void verified(JsonGenerator out, VerifiedHits.Counts counts) throws IOException {
    out.writeNumberField("compared", counts.compared());
    out.writeNumberField("equal", counts.equal());
    out.writeNumberField("same_text", counts.sameText());
    out.writeNumberField("same_json", counts.sameJson());
    out.writeNumberField("different", counts.different());
    if (!Double.isNaN(counts.meanOverlap())) {
      out.writeNumberField("mean_overlap", rounded(counts.meanOverlap(), 1e4));
    }
    share(out, "equal_percent", counts.equalShare());
    share(out, "same_percent", counts.sameShare());
    out.writeNumberField("failed", counts.failed());
    out.writeNumberField("skipped", counts.skipped());
    out.writeNumberField("cost_usd", rounded(counts.costUsd(), 1e9));
  }

  private static void share(JsonGenerator out, String name, VerifiedHits.Share share)
      throws IOException {
    if (share.of() > 0) {
      out.writeNumberField(name, rounded(share.percent(), 100));
    }
    out.writeNumberField(name + "_low", rounded(share.lowPercent(), 100));
    out.writeNumberField(name + "_high", rounded(share.highPercent(), 100));
  }

  private static void groups(JsonGenerator out, String name, Map<String, Counts> groups)
      throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<String, Counts> group : new TreeMap<>(groups).entrySet()) {
      out.writeObjectFieldStart(group.getKey());
      counts(out, group.getValue());
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static void counts(JsonGenerator out, Counts counts) throws IOException {
    out.writeNumberField("hits", counts.hits());
    out.writeNumberField("misses", counts.misses());
    out.writeNumberField("writes", counts.writes());
    out.writeNumberField("kept", counts.kept());
    out.writeNumberField("stored", counts.stored());
    out.writeNumberField("total_requests", counts.requests());
    out.writeNumberField("hit_rate_percent", rounded(counts.hitRatePercent(), 100));
    out.writeNumberField("hot_hits", counts.hotHits());
    out.writeNumberField("warm_hits", counts.warmHits());
    out.writeNumberField("stale_hits", counts.staleHits());
    out.writeNumberField("coalesced", counts.coalesced());
    out.writeNumberField("bypasses", counts.bypasses());
    out.writeNumberField("failures", counts.failures());
    out.writeNumberField("unpriced", counts.unpriced());
    out.writeNumberField("cost_saved_usd", rounded(counts.savedUsd(), 1e9));
    out.writeNumberField("bedrock_cost_usd", rounded(counts.bedrockUsd(), 1e9));
    numbers(out, "reasons", counts.reasons());
    out.writeObjectFieldStart("latency_ms");
    for (Map.Entry<CacheSource, Latency> source : new TreeMap<>(counts.latency()).entrySet()) {
      Latency latency = source.getValue();
      out.writeObjectFieldStart(source.getKey().name().toLowerCase(Locale.ROOT));
      out.writeNumberField("count", latency.count());
      out.writeNumberField("timed", latency.timed());
      if (latency.timed() > 0) {
        out.writeNumberField("p50", millis(latency.p50()));
        out.writeNumberField("p95", millis(latency.p95()));
        out.writeNumberField("p99", millis(latency.p99()));
        out.writeNumberField("max", millis(latency.max()));
      }
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static <E extends Enum<E>> void numbers(
      JsonGenerator out, String name, Map<E, Long> numbers) throws IOException {
    out.writeObjectFieldStart(name);
    for (Map.Entry<E, Long> number : new TreeMap<>(numbers).entrySet()) {
      out.writeNumberField(number.getKey().name(), number.getValue());
    }
    out.writeEndObject();
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }

  private static double rounded(double value, double parts) {
    return Math.rint(value * parts) / parts;
  }
}
