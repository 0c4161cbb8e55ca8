package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.tier.Lifetime;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Partition;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The scopes whose invalidation the warm tier has not acknowledged: what it holds of them is not
 * taken by this process until an invalidation gets through. Thread-safe.
 */
final class UnacknowledgedInvalidations {
  /** Beyond so many, no entry is taken that may have been made before: memory is bounded. */
  static final int MAX_GRAVES = 100_000;

  private record Pending(Partition partition, @Nullable String endpoint) {}

  private final Set<Pending> pending = ConcurrentHashMap.newKeySet();

  /** Entries that were made before this are nobody's; null for none. */
  private volatile @Nullable Instant distrusted;

  /** Notes an invalidation that failed at a time of this process's wall clock. */
  void raise(Partition partition, @Nullable String endpoint, Instant now) {
    if (pending.size() >= MAX_GRAVES) {
      distrusted = now.plus(Lifetime.SKEW); // another process's clock may be ahead by as much
    } else {
      pending.add(new Pending(partition, endpoint));
    }
  }

  /** Removes what an acknowledged invalidation has made good. */
  void remove(Partition partition, @Nullable String endpoint) {
    if (endpoint == null) {
      pending.removeIf(grave -> grave.partition().equals(partition));
    } else {
      pending.remove(new Pending(partition, endpoint));
    }
  }

  boolean stand(EntryAddress address) {
    return !pending.isEmpty()
        && (pending.contains(new Pending(address.partition(), null))
            || pending.contains(new Pending(address.partition(), address.endpoint())));
  }

  /**
   * Returns whether an entry may be older than a failed invalidation for which there was no room.
   */
  boolean outdate(Instant created) {
    Instant before = distrusted;
    return before != null && !created.isAfter(before);
  }
}
