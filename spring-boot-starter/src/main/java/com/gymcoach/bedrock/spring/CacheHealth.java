package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The details of the health indicator. The status is always UP: whatever breaks in the cache, calls
 * still get their answers from Bedrock, and restarting the process would not help.
 */
final class CacheHealth {
  private final BedrockCache cache;
  private final AtomicLong failedFast = new AtomicLong();

  CacheHealth(BedrockCache cache) {
    this.cache = cache;
  }

  /** Returns the details, and remembers the counts for the next time. */
  Map<String, Object> details() {
    CacheStats stats = cache.stats();
    long now = stats.faults().getOrDefault(CacheFault.STORE_UNAVAILABLE, 0L);
    Map<String, Object> details = new LinkedHashMap<>(StatsView.settings(cache));
    details.put("hitRatePercent", stats.total().hitRatePercent());
    // The cache does not show its breaker. A call that failed fast since the last check does.
    details.put("breakerOpenSinceLastCheck", now > failedFast.getAndSet(now));
    details.put("faults", StatsView.faults(stats));
    return details;
  }
}
