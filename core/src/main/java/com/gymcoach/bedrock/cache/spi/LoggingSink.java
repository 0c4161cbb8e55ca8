package com.gymcoach.bedrock.cache.spi;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Logs a line for each call, and one for each fault beside them. */
enum LoggingSink implements MetricsSink {
  /** The only one. */
  INSTANCE;

  private static final Logger LOG = LoggerFactory.getLogger("com.gymcoach.bedrock.cache.calls");
  private static final double NANOS_A_MILLI = 1e6;

  @Override
  public void record(CacheEvent event) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    CacheOutcome outcome = event.outcome();
    LoggingEventBuilder line =
        LOG.atInfo()
            .addKeyValue("cached", outcome.cached())
            .addKeyValue("cacheSource", outcome.source().wireName())
            .addKeyValue("cacheAge", outcome.age().toSeconds())
            .addKeyValue("endpoint", event.endpoint())
            .addKeyValue("model", event.modelId())
            .addKeyValue("operation", event.operation())
            .addKeyValue("status", event.inError() ? "error" : outcome.status().name())
            .addKeyValue("latencyMs", event.latency().toNanos() / NANOS_A_MILLI);
    CacheReason reason = outcome.reason().orElse(null);
    if (reason != null) {
      line = line.addKeyValue("reason", reason.name());
    }
    TokenUsage usage = event.usage();
    if (usage != null) {
      line =
          line.addKeyValue("inputTokens", usage.input())
              .addKeyValue("outputTokens", usage.output());
    }
    line = line.addKeyValue("costSavedUsd", event.cost().savedUsd());
    if (event.background()) {
      line = line.addKeyValue("background", true);
    }
    line.log("Bedrock call");
  }

  @Override
  public void fault(String endpoint, CacheFault fault) {
    LOG.atWarn()
        .addKeyValue("endpoint", endpoint)
        .addKeyValue("fault", fault.name())
        .log("Bedrock cache fault");
  }
}
