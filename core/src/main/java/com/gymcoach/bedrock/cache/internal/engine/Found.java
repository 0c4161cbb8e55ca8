package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;

/** An answer that was found, fresh or stale, and the tier in which it was. */
record Found(HotEntry entry, CacheSource source) {
  static Found inMemory(HotEntry entry) {
    return new Found(entry, CacheSource.HOT);
  }

  Lifetime lifetime() {
    return entry.lifetime();
  }
}
