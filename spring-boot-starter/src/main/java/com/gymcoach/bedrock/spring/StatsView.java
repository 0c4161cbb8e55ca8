package com.gymcoach.bedrock.spring;

import com.gymcoach.bedrock.cache.BedrockCache;
import com.gymcoach.bedrock.cache.CacheStats;
import com.gymcoach.bedrock.cache.CacheStats.Counts;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Shows the cache's state as maps of plain values, which every version of Boot can serialize. */
final class StatsView {
  private StatsView() {}

  /** Returns the mode and the share of users served. */
  static Map<String, Object> settings(BedrockCache cache) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("mode", cache.mode().name());
    view.put("rolloutPercent", cache.rolloutPercent());
    return view;
  }

  /** Returns the settings and the statistics, in total, by endpoint and by model. */
  static Map<String, Object> all(BedrockCache cache) {
    CacheStats stats = cache.stats();
    Map<String, Object> view = settings(cache);
    view.put("total", counts(stats.total()));
    view.put("byEndpoint", counts(stats.byEndpoint()));
    view.put("byModel", counts(stats.byModel()));
    view.put("faults", faults(stats));
    view.put("invalidations", stats.invalidations());
    view.put("hotEntries", stats.hotEntries());
    view.put("hotBytes", stats.hotBytes());
    view.put("hotMaxBytes", stats.hotMaxBytes());
    return view;
  }

  /** Returns how often each fault occurred, by name. */
  static Map<String, Long> faults(CacheStats stats) {
    Map<String, Long> view = new TreeMap<>();
    for (Map.Entry<CacheFault, Long> fault : stats.faults().entrySet()) {
      view.put(fault.getKey().name(), fault.getValue());
    }
    return view;
  }

  private static Map<String, Object> counts(Map<String, Counts> several) {
    Map<String, Object> view = new TreeMap<>();
    several.forEach((name, counts) -> view.put(name, counts(counts)));
    return view;
  }

  private static Map<String, Object> counts(Counts counts) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("hotHits", counts.hotHits());
    view.put("warmHits", counts.warmHits());
    view.put("staleHits", counts.staleHits());
    view.put("coalesced", counts.coalesced());
    view.put("misses", counts.misses());
    view.put("bypasses", counts.bypasses());
    view.put("hitRatePercent", counts.hitRatePercent());
    view.put("failures", counts.failures());
    view.put("savedUsd", counts.savedUsd());
    view.put("bedrockUsd", counts.bedrockUsd());
    Map<String, Long> reasons = new TreeMap<>();
    counts.reasons().forEach((reason, count) -> reasons.put(reason.name(), count));
    view.put("reasons", reasons);
    return view;
  }
}
