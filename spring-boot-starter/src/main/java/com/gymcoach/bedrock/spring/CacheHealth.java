package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheStats;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The details of the health indicator. The status is always UP: whatever breaks in the cache, calls
 * still get their answers from Bedrock, and restarting the process would not help.
 */
final class CacheHealth {
  private final BedrockCache cache;

  CacheHealth(BedrockCache cache) {
    this.cache = cache;
  }

  /** Returns the details. The store is not available while its circuit breaker is open. */
  Map<String, Object> details() {
    CacheStats stats = cache.stats();
    Map<String, Object> details = new LinkedHashMap<>(StatsView.settings(cache));
    details.put("hitRatePercent", stats.total().hitRatePercent());
    details.put("storeAvailable", cache.storeAvailable());
    details.put("faults", StatsView.faults(stats));
    return details;
  }
}
