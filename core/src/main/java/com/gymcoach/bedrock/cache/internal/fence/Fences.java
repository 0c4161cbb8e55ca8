package com.gymcoach.bedrock.cache.internal.fence;

import com.gymcoach.bedrock.cache.internal.time.Moment;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The standing fences of this process, by scope and endpoint. Fences are held weakly: a fence lives
 * only as long as an answer or a call under way refers to it. Thread-safe.
 *
 * <p>Not final, so that tests in this package can disable fences and show what they protect.
 */
public class Fences {
  private final TimeSource time;
  private final UnacknowledgedInvalidations unacknowledged = new UnacknowledgedInvalidations();

  /** The number of invalidations in this process. */
  private final AtomicLong takenDown = new AtomicLong();

  private volatile Generation generation;

  /** Creates a table without fences. */
  public Fences(TimeSource time) {
    this.time = time;
    this.generation = new Generation(null, Moment.now(time));
  }

  /** Returns the invalidations that the store has not acknowledged. */
  public UnacknowledgedInvalidations unacknowledged() {
    return unacknowledged;
  }

  /** All fences of a namespace between two invalidations of the whole namespace. */
  static final class Generation {
    /** The namespace's marker, or null until a read has returned it. Guarded by this. */
    private @Nullable Marker namespaceMarker;

    private volatile boolean known;
    private volatile Moment verifiedAt;
    private final WeakTable<Partition, PartitionFence> partitions = new WeakTable<>();
    private final WeakTable<EndpointKey, Fence> fences = new WeakTable<>();
    volatile boolean down;

    Generation(@Nullable Marker namespaceMarker, Moment verifiedAt) {
      this.namespaceMarker = namespaceMarker;
      this.known = namespaceMarker != null;
      this.verifiedAt = verifiedAt;
    }

    Moment verifiedAt() {
      return verifiedAt;
    }

    synchronized Fence.MarkerCheck compare(Marker seen, Moment readBegan) {
      boolean same = namespaceMarker == null || namespaceMarker.equals(seen);
      if (!same) {
        return readBegan.isBefore(verifiedAt)
            ? Fence.MarkerCheck.OUTDATED
            : Fence.MarkerCheck.PARTITION_CHANGED;
      }
      namespaceMarker = seen;
      known = true;
      if (verifiedAt.isBefore(readBegan)) {
        verifiedAt = readBegan;
      }
      return Fence.MarkerCheck.SAME;
    }

    synchronized @Nullable Marker namespaceMarker() {
      return namespaceMarker;
    }
  }

  /** The key of an endpoint's fence. Fences of an invalidated partition have a different parent. */
  private record EndpointKey(PartitionFence parent, String endpoint) {
    // Written by hand: they run on each call, and a record's generated ones are slower.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof EndpointKey that
          && parent == that.parent
          && endpoint.equals(that.endpoint);
    }

    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(parent) + endpoint.hashCode();
    }
  }

  /** The state shared by the fences of one partition. */
  static final class PartitionFence {
    final Generation generation;
    final Partition partition;
    volatile boolean down;

    PartitionFence(Generation generation, Partition partition) {
      this.generation = generation;
      this.partition = partition;
    }
  }

  /** Returns the standing fence, creating it if there is none. */
  public Fence of(Partition partition, String endpoint) {
    Generation current = generation;
    PartitionFence parent =
        current.partitions.get(partition, absent -> new PartitionFence(current, absent));
    return current.fences.get(
        new EndpointKey(parent, endpoint), absent -> new Fence(parent, endpoint, Moment.now(time)));
  }

  /** Takes down the fences of a partition, or of one endpoint in it. */
  public void takeDown(Partition partition, @Nullable String endpoint) {
    takenDown.incrementAndGet(); // first: reads under way are outdated from here on
    Generation current = generation;
    PartitionFence parent = current.partitions.getIfPresent(partition);
    if (parent == null) {
      return;
    }
    if (endpoint == null) {
      takeDown(parent);
    } else {
      Fence fence = current.fences.getIfPresent(new EndpointKey(parent, endpoint));
      if (fence != null) {
        takeDown(fence);
      }
    }
  }

  /** Takes down all fences. Later calls are served nothing that is kept or under way now. */
  public synchronized void takeDownAll() {
    takenDown.incrementAndGet();
    Generation next = new Generation(null, Moment.now(time));
    Generation old = generation;
    old.down = true; // before it can no longer be found, as below
    generation = next;
  }

  /**
   * Returns whether the copy of the namespace's marker is unknown or at least as old as the delay.
   */
  public boolean namespaceDue(long delayNanos) {
    Generation current = generation;
    return !current.known
        || current.verifiedAt.nanosUntil(time.nanoTime(), time.epochMillis()) >= delayNanos;
  }

  /** The start of a read of markers. */
  public record Read(Moment began, long takenDown) {}

  /** Starts a read of markers. Must be called before the store is asked. */
  public Read beginRead() {
    return new Read(Moment.now(time), takenDown.get());
  }

  /**
   * Compares the markers that a read returned with a fence, and takes down the fences that no
   * longer match.
   *
   * @return the fence and markers with which the call continues
   */
  public Observation observe(Fence fence, Markers seen, Read read) {
    if (!fence.stands()) {
      return overtaken(fence, seen);
    }
    Moment readBegan = read.began();
    Generation current = fence.generation();
    Marker namespace = seen.namespace();
    if (namespace == null && current.namespaceMarker() == null) {
      return Observation.withoutMarkers(fence);
    }
    if (namespace != null) {
      Fence.MarkerCheck check = current.compare(namespace, readBegan);
      if (check == Fence.MarkerCheck.OUTDATED) {
        return new Observation(fence, null, true);
      }
      if (check != Fence.MarkerCheck.SAME) {
        replace(current, namespace, readBegan);
        return renewed(fence, seen, read);
      }
    }
    switch (fence.compare(seen, readBegan)) {
      case SAME -> {
        return new Observation(fence, complete(current, seen), false);
      }
      case OUTDATED -> {
        return new Observation(fence, null, true);
      }
      case ENDPOINT_CHANGED -> takeDown(fence);
      case PARTITION_CHANGED -> takeDown(fence.parent());
    }
    return renewed(fence, seen, read);
  }

  /**
   * Returns the fence under which a part of a batch continues after the markers were read. If the
   * read of another part has shown that the markers have changed, that is the new fence. If this
   * process may have invalidated something since the read began, it stays the given one.
   */
  public Fence inForce(Fence fence, Read read) {
    Fence standing = of(fence.partition(), fence.endpoint()); // the given one, if it stands
    return takenDown.get() == read.takenDown() ? standing : fence; // as in renewed
  }

  /**
   * The state with which a call continues after a read of the markers.
   *
   * @param fence the standing fence
   * @param markers the three markers in force, or null if not all are known
   * @param changed whether answers kept under the call's first fence must not be served
   */
  public record Observation(Fence fence, @Nullable Markers markers, boolean changed) {
    /** Returns the state of a call for which the markers are not known. */
    public static Observation withoutMarkers(Fence fence) {
      return new Observation(fence, null, false);
    }
  }

  /** Returns whether an entry made under some markers may be served under those in force. */
  public boolean admits(Markers made, Markers inForce) {
    return made.equals(inForce);
  }

  private Observation renewed(Fence old, Markers seen, Read read) {
    Fence fence = of(old.partition(), old.endpoint());
    boolean same = fence.compare(seen, read.began()) == Fence.MarkerCheck.SAME;
    if (takenDown.get() != read.takenDown()) {
      // This process has invalidated something since the read began. If it was this partition,
      // the new fence may be younger than the invalidation, and the markers older.
      return overtaken(old, seen);
    }
    return new Observation(fence, same ? complete(fence.generation(), seen) : null, true);
  }

  /**
   * Handles an invalidation between the start of a call and the end of its read. The call began
   * earlier, so it may still be served the entry it read. Its answer is not kept, because its fence
   * is down.
   *
   * <p>If the read did not ask for the namespace's marker, the one known now counts, and not that
   * of the fence: another call's read may have shown since that the whole namespace was
   * invalidated. That was then known when this read was made, so the read did not ask again.
   */
  private Observation overtaken(Fence fallen, Markers seen) {
    return new Observation(fallen, complete(generation, seen), true);
  }

  private static @Nullable Markers complete(Generation generation, Markers seen) {
    Marker namespace = seen.namespace() != null ? seen.namespace() : generation.namespaceMarker();
    return namespace == null ? null : new Markers(seen.scope(), seen.endpoint(), namespace);
  }

  private synchronized void replace(Generation old, Marker namespace, Moment readBegan) {
    Generation next = new Generation(namespace, readBegan);
    old.down = true;
    if (generation == old) {
      generation = next;
    }
  }

  /**
   * Takes down the fences of a partition. They fall before they leave the table: another
   * invalidation that does not find them there returns at once, so they must be down by then.
   */
  void takeDown(PartitionFence parent) {
    parent.down = true;
    remove(parent);
  }

  /** Takes down the fence of one endpoint, in the same order. */
  public void takeDown(Fence fence) {
    fence.takeDown();
    remove(fence);
  }

  /** Makes later calls find other fences than those of the partition. */
  void remove(PartitionFence parent) {
    parent.generation.partitions.remove(parent.partition, parent);
  }

  /** Makes later calls find another fence than this one. */
  void remove(Fence fence) {
    EndpointKey key = new EndpointKey(fence.parent(), fence.endpoint());
    fence.generation().fences.remove(key, fence);
  }
}
