package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.Partition;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keeps one user from taking the store for itself: a partition has only so many calls under way at
 * a time, and further ones are refused, not queued. One partition of DynamoDB serves 3,000 read
 * units a second, however large the table; what is beyond that would only be throttled.
 * Thread-safe.
 */
final class PartitionBulkhead {
  private final int most;
  private final ConcurrentHashMap<Partition, Integer> underWay = new ConcurrentHashMap<>();

  PartitionBulkhead(int most) {
    this.most = most;
  }

  /** Takes a place, to be given back, or returns that there is none. */
  boolean enter(Partition partition) {
    if (underWay.merge(partition, 1, Integer::sum) <= most) {
      return true;
    }
    leave(partition);
    return false;
  }

  /** Gives a place back. */
  void leave(Partition partition) {
    underWay.computeIfPresent(partition, (same, places) -> places == 1 ? null : places - 1);
  }
}
