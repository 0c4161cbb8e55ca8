package com.gymcoach.bedrock.cache.spi.metrics;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs a line for each call, and one for each fault that belongs to no call. */
enum LoggingSink implements MetricsSink {
  /** The only instance. */
  INSTANCE;

  private static final Logger LOG = LoggerFactory.getLogger("com.gymcoach.bedrock.cache.calls");
  private static final double NANOS_A_MILLI = 1e6;

  @Override
  public void record(CacheEvent event) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    CacheOutcome outcome = event.outcome();
    Map<String, Object> pairs = new LinkedHashMap<>();
    pairs.put("cached", outcome.cached());
    pairs.put("cacheSource", outcome.source().wireName());
    pairs.put("cacheAge", outcome.age().toSeconds());
    pairs.put("endpoint", event.endpoint());
    pairs.put("model", event.modelId());
    pairs.put("operation", event.operation());
    pairs.put("status", event.inError() ? "error" : outcome.status().name());
    pairs.put("latencyMs", event.latency().toNanos() / NANOS_A_MILLI);
    CacheReason reason = outcome.reason().orElse(null);
    if (reason != null) {
      pairs.put("reason", reason.name());
    }
    if (outcome.status() == CacheOutcome.Status.MISS) {
      pairs.put("kept", outcome.kept());
      pairs.put("stored", outcome.stored());
    }
    TokenUsage usage = event.usage();
    if (usage != null) {
      pairs.put("inputTokens", usage.input());
      pairs.put("outputTokens", usage.output());
    }
    pairs.put("costSavedUsd", event.cost().savedUsd());
    if (event.background()) {
      pairs.put("background", true);
    }
    KeyValueLog.log(LOG, Level.INFO, "Bedrock call", pairs);
  }

  @Override
  public void fault(String endpoint, CacheFault fault) {
    Map<String, Object> pairs = new LinkedHashMap<>();
    pairs.put("endpoint", endpoint);
    pairs.put("fault", fault.name());
    KeyValueLog.log(LOG, Level.WARN, "Bedrock cache fault", pairs);
  }
}
