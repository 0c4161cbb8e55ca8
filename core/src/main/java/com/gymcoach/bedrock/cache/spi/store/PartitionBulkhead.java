package com.gymcoach.bedrock.cache.spi.store;

import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits the concurrent calls per partition, so that one user cannot take up the whole store. Calls
 * beyond the limit are refused, not queued: a backend serves one partition from one place, however
 * large the backend is. Thread-safe.
 */
final class PartitionBulkhead {
  private final int maxCalls;
  private final ConcurrentHashMap<Partition, Integer> underWay = new ConcurrentHashMap<>();

  PartitionBulkhead(int maxCalls) {
    this.maxCalls = maxCalls;
  }

  /** Takes a place, or returns false if all are taken. Release it with {@link #leave}. */
  boolean enter(Partition partition) {
    if (underWay.merge(partition, 1, Integer::sum) <= maxCalls) {
      return true;
    }
    leave(partition);
    return false;
  }

  /** Releases a place. */
  void leave(Partition partition) {
    underWay.computeIfPresent(partition, (same, places) -> places == 1 ? null : places - 1);
  }
}
