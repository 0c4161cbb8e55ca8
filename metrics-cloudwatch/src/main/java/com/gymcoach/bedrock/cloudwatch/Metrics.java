package com.gymcoach.bedrock.cloudwatch;

import java.util.Arrays;
import java.util.List;

/**
 * The metrics, and all other names that dashboards, alarms and queries use. They are defined only
 * here; the files in {@code docs/monitoring} are generated from them.
 */
enum Metrics {
  CACHE_HITS("CacheHits", Metrics.COUNT, true),
  CACHE_MISSES("CacheMisses", Metrics.COUNT, true),
  /** 100 for a hit and 0 for a miss: the average is the hit rate. */
  CACHE_HIT_RATE("CacheHitRate", "Percent", true),
  /** In USD. CloudWatch has no such unit. */
  COST_SAVED("CostSaved", Metrics.NONE, true),
  /** In USD. */
  BEDROCK_COST("BedrockCost", Metrics.NONE, true),
  CACHE_INVALIDATIONS("CacheInvalidations", Metrics.COUNT, false),
  HOT_HITS("HotHits", Metrics.COUNT, false),
  WARM_HITS("WarmHits", Metrics.COUNT, false),
  COALESCED("Coalesced", Metrics.COUNT, false),
  STALE_SERVED("StaleServed", Metrics.COUNT, false),
  BYPASSES("Bypasses", Metrics.COUNT, false),
  REFUSALS("Refusals", Metrics.COUNT, false),
  /** Answers stored in memory. */
  KEPT("Kept", Metrics.COUNT, false),
  /** Answers written to the store. */
  STORED("Stored", Metrics.COUNT, false),
  STORE_ERRORS("StoreErrors", Metrics.COUNT, false),
  STORE_LATENCY("StoreLatency", Metrics.MILLISECONDS, false),
  RESPONSE_TIME("ResponseTime", Metrics.MILLISECONDS, true),
  ENTRY_BYTES("EntryBytes", Metrics.BYTES, false),
  BEDROCK_ERRORS("BedrockErrors", Metrics.COUNT, true),
  UNPRICED("Unpriced", Metrics.COUNT, true),
  /** Of the process, not of an endpoint. */
  HOT_BYTES("HotBytes", Metrics.BYTES, false);

  static final String NAMESPACE = "BedrockCache";

  // Dimension names.
  static final String ENDPOINT = "Endpoint";
  static final String MODEL = "Model";
  static final String REASON = "Reason";
  static final String FAULT = "Fault";
  static final String CACHED = "Cached";

  /**
   * The endpoint name for whatever concerns all endpoints, such as invalidating all of a user's
   * answers.
   */
  static final String ALL = "_all";

  // The fields of a log line. Case matters to CloudWatch: "cached" is not the dimension "Cached".
  static final String LOG_CACHED = "cached";
  static final String LOG_SOURCE = "cacheSource";
  static final String LOG_AGE = "cacheAge";
  static final String LOG_ENDPOINT = "endpoint";
  static final String LOG_MODEL = "model";
  static final String LOG_OPERATION = "operation";
  static final String LOG_STATUS = "status";
  static final String LOG_REASON = "reason";
  static final String LOG_KEPT = "kept";
  static final String LOG_STORED = "stored";
  static final String LOG_LATENCY = "latencyMs";
  static final String LOG_INPUT_TOKENS = "inputTokens";
  static final String LOG_OUTPUT_TOKENS = "outputTokens";
  static final String LOG_COST_SAVED = "costSavedUsd";
  static final String LOG_BACKGROUND = "background";
  static final String LOG_FAULT = "fault";
  static final String LOG_ENTRIES = "invalidatedEntries";

  private static final String COUNT = "Count";
  private static final String NONE = "None";
  private static final String MILLISECONDS = "Milliseconds";
  private static final String BYTES = "Bytes";

  private final String metric;
  private final String unit;
  private final boolean summary;

  Metrics(String metric, String unit, boolean summary) {
    this.metric = metric;
    this.unit = unit;
    this.summary = summary;
  }

  /** Returns the metric's name. */
  String metric() {
    return metric;
  }

  /** Returns the unit in CloudWatch's spelling. */
  String unit() {
    return unit;
  }

  /** Returns whether it is also reported for all endpoints together, and per model if requested. */
  boolean isSummary() {
    return summary;
  }

  static List<Metrics> all() {
    return Arrays.asList(values());
  }
}
