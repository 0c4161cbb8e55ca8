package com.gymcoach.bedrock.cache.internal.fence;

import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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

  /** The latest failure of each scope, by its number. */
  private final ConcurrentHashMap<Pending, Long> pending = new ConcurrentHashMap<>();

  private final AtomicLong failures = new AtomicLong();

  /** Entries created at or before this time are not served; null if there is no such limit. */
  private volatile @Nullable Instant distrusted;

  /**
   * Starts an invalidation. Must be called before its marker is written.
   *
   * @return what {@link #remove} needs if the marker is acknowledged
   */
  public long begin() {
    return failures.get();
  }

  /** Records an invalidation that failed at the given wall-clock time of this process. */
  public void raise(Partition partition, @Nullable String endpoint, Instant now) {
    if (pending.size() >= MAX_PENDING) {
      distrusted = now.plus(Lifetime.SKEW); // another process's clock may be ahead by as much
    } else {
      pending.put(new Pending(partition, endpoint), failures.incrementAndGet());
    }
  }

  /**
   * Removes the records that an acknowledged invalidation covers. Those of invalidations that
   * failed after it began stay: its marker may be older than the change that they were made for.
   *
   * @param began what {@link #begin} returned
   */
  public void remove(Partition partition, @Nullable String endpoint, long began) {
    if (endpoint == null) {
      pending
          .entrySet()
          .removeIf(
              failed ->
                  failed.getKey().partition().equals(partition) && failed.getValue() <= began);
    } else {
      pending.computeIfPresent(
          new Pending(partition, endpoint), (same, number) -> number <= began ? null : number);
    }
  }

  /** Returns whether an invalidation that covers this address was not acknowledged. */
  public boolean covers(EntryAddress address) {
    return failures.get() > 0 // there is almost never one, and this runs for every entry read
        && (pending.containsKey(new Pending(address.partition(), null))
            || pending.containsKey(new Pending(address.partition(), address.endpoint())));
  }

  /**
   * Returns whether an entry may be older than a failed invalidation for which there was no room.
   */
  public boolean mayOutdate(Instant created) {
    Instant before = distrusted;
    return before != null && !created.isAfter(before);
  }
}
