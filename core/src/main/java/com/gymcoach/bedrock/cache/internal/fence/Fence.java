package com.gymcoach.bedrock.cache.internal.fence;

import com.gymcoach.bedrock.cache.internal.time.Moment;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import org.jspecify.annotations.Nullable;

/**
 * Separates answers made before an invalidation from calls made after it. Each call takes the fence
 * of its scope and endpoint before anything else. Its answer is kept under that fence and may be
 * served as long as the fence stands. An invalidation takes the fence down, and with it everything
 * made under it, in memory or still under way. The next call gets a new fence.
 *
 * <p>A fence is identified by its object identity, so there is no counter that could be lost and
 * restart. Thread-safe.
 */
public final class Fence {
  private final Fences.PartitionFence parent;
  private final String endpoint;
  private volatile boolean down;

  /**
   * The markers that this fence stands for, or null until a read has returned them. Guarded by
   * this.
   */
  private @Nullable Markers markers;

  /**
   * Whether an answer may have been kept in memory before the markers were known, if they are not
   * known yet. Guarded by this.
   */
  private boolean usedBlind;

  /** The start of the latest read that found the markers unchanged. */
  private volatile Moment verifiedAt;

  Fence(Fences.PartitionFence parent, String endpoint, Moment now) {
    this.parent = parent;
    this.endpoint = endpoint;
    this.verifiedAt = now; // answers under a new fence are younger than all earlier invalidations
  }

  /** Returns whether answers made under this fence may be served. */
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

  /** Returns the time since the markers were last known to be in force, in nanoseconds. */
  public long unverifiedFor(long nanosNow, long epochMillisNow) {
    return Math.max(
        verifiedAt.nanosUntil(nanosNow, epochMillisNow),
        parent.generation.verifiedAt().nanosUntil(nanosNow, epochMillisNow));
  }

  /**
   * Records that a call is about to be made with unknown markers, and that its answer may be kept
   * in memory. Must be called before the call: otherwise the answer could survive an invalidation
   * that comes after it.
   */
  public synchronized void noteBlindUse() {
    usedBlind = true; // of no consequence once the markers are known
  }

  /** The result of comparing a fence with the markers just read. */
  enum MarkerCheck {
    /** The fence stands for these markers. */
    SAME,
    /** The read is older than the markers already known. */
    OUTDATED,
    /** The whole partition has been invalidated since. */
    PARTITION_CHANGED,
    /** This endpoint of the partition has been invalidated since, or may have been. */
    ENDPOINT_CHANGED
  }

  synchronized MarkerCheck compare(Markers seen, Moment readBegan) {
    if (markers == null) {
      if (usedBlind) {
        // Another process may have invalidated between that call and this read. This process cannot
        // know, because the markers in force at the time of the call were unknown.
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
