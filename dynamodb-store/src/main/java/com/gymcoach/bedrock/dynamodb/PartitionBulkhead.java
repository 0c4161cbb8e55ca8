package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Limits the concurrent calls per partition, so that one user cannot take up the whole store. Calls
 * beyond the limit are refused, not queued. A DynamoDB partition serves 3,000 read units a second,
 * however large the table; calls beyond that would only be throttled. Thread-safe.
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
