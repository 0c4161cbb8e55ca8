package com.gymcoach.bedrock.cache.internal.fence;

import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The scopes whose invalidation the warm tier has not acknowledged. This process serves none of
 * their stored entries until an invalidation succeeds. Thread-safe.
 */
public final class UnacknowledgedInvalidations {
  /**
   * The most scopes remembered, to bound memory. Beyond it, no entry is served that may have been
   * created before the failed invalidation.
   */
  static final int MAX_PENDING = 100_000;

  private record Pending(Partition partition, @Nullable String endpoint) {}

  private final Set<Pending> pending = ConcurrentHashMap.newKeySet();

  /** Entries created at or before this time are not served; null if there is no such limit. */
  private volatile @Nullable Instant distrusted;

  /** Records an invalidation that failed at the given wall-clock time of this process. */
  public void raise(Partition partition, @Nullable String endpoint, Instant now) {
    if (pending.size() >= MAX_PENDING) {
      distrusted = now.plus(Lifetime.SKEW); // another process's clock may be ahead by as much
    } else {
      pending.add(new Pending(partition, endpoint));
    }
  }

  /** Removes the records that an acknowledged invalidation covers. */
  public void remove(Partition partition, @Nullable String endpoint) {
    if (endpoint == null) {
      pending.removeIf(invalidation -> invalidation.partition().equals(partition));
    } else {
      pending.remove(new Pending(partition, endpoint));
    }
  }

  /** Returns whether an invalidation that covers this address was not acknowledged. */
  public boolean covers(EntryAddress address) {
    return !pending.isEmpty()
        && (pending.contains(new Pending(address.partition(), null))
            || pending.contains(new Pending(address.partition(), address.endpoint())));
  }

  /**
   * Returns whether an entry may be older than a failed invalidation for which there was no room.
   */
  public boolean mayOutdate(Instant created) {
    Instant before = distrusted;
    return before != null && !created.isAfter(before);
  }
}
