package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.Partition;
import org.jspecify.annotations.Nullable;

/**
 * What stands between an answer and an invalidation. Each call takes the fence of its scope and
 * endpoint before anything else; what it learns is kept under that fence, and is good for as long
 * as the fence stands. An invalidation takes the fence down, and with it everything made under it,
 * in memory or still on its way; the next call gets a new one.
 *
 * <p>The object is its own identity: there is no counter that could be forgotten and begin again.
 * Thread-safe.
 */
public final class Fence {
  private final Fences.PartitionFence parent;
  private final String endpoint;
  private volatile boolean down;

  /** The markers that this fence stands for, null until a read has seen them. Guarded by this. */
  private @Nullable Markers markers;

  /** Whether something was kept in memory before the markers were known. Guarded by this. */
  private boolean usedBlind;

  /** When the read began that last found the markers unchanged. */
  private volatile Moment verifiedAt;

  Fence(Fences.PartitionFence parent, String endpoint, Moment now) {
    this.parent = parent;
    this.endpoint = endpoint;
    this.verifiedAt = now; // what is made under a new fence is made after all that went before
  }

  /** Returns whether what was made under this fence may be served. */
  public boolean stands() {
    return !down && !parent.down && !parent.generation.down;
  }

  Partition partition() {
    return parent.partition;
  }

  String endpoint() {
    return endpoint;
  }

  Fences.Generation generation() {
    return parent.generation;
  }

  Fences.PartitionFence parent() {
    return parent;
  }

  void takeDown() {
    down = true;
  }

  /** Returns how long ago the markers were last known to be in force, in nanoseconds. */
  long unverifiedFor(long nanosNow, long epochMillisNow) {
    return Math.max(
        verifiedAt.nanosUntil(nanosNow, epochMillisNow),
        parent.generation.verifiedAt().nanosUntil(nanosNow, epochMillisNow));
  }

  /**
   * Notes that a call is about to be made whose answer may be kept in memory although nobody knows
   * which markers are in force. To be told before the call: an invalidation after it would
   * otherwise find the answer on the wrong side.
   */
  synchronized void noteBlindUse() {
    usedBlind |= markers == null;
  }

  /** What a read of the markers means for a fence. */
  enum MarkerCheck {
    /** The fence stands for these markers. */
    SAME,
    /** The read is older than what is known already. */
    OUTDATED,
    /** The whole partition has been invalidated since. */
    PARTITION_CHANGED,
    /** This endpoint of the partition has been invalidated since, or may have been. */
    ENDPOINT_CHANGED
  }

  synchronized MarkerCheck compare(Markers seen, Moment readBegan) {
    if (markers == null) {
      if (usedBlind) {
        // Between that use and this read there may have been an invalidation that left no trace
        // here: nobody knows which markers were in force then.
        return MarkerCheck.ENDPOINT_CHANGED;
      }
      markers = seen;
      verifiedAt = readBegan;
      return MarkerCheck.SAME;
    }
    boolean scopeSame = markers.scope().equals(seen.scope());
    if (scopeSame && markers.endpoint().equals(seen.endpoint())) {
      if (verifiedAt.isBefore(readBegan)) {
        verifiedAt = readBegan;
      }
      return MarkerCheck.SAME;
    }
    if (readBegan.isBefore(verifiedAt)) {
      return MarkerCheck.OUTDATED;
    }
    return scopeSame ? MarkerCheck.ENDPOINT_CHANGED : MarkerCheck.PARTITION_CHANGED;
  }
}
