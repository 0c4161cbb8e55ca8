package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.Marker;
import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The fences that stand in this process, by scope and endpoint. A fence lives for as long as
 * something is kept or under way behind it, and no longer: it is held weakly here. Thread-safe.
 *
 * <p>Not final so that tests of this package can take fences away and see what they are for.
 */
public class Fences {
  private final TimeSource time;

  /** How many invalidations this process has made. */
  private final AtomicLong takenDown = new AtomicLong();

  private volatile Generation generation;

  /** Returns a table without fences. */
  public Fences(TimeSource time) {
    this.time = time;
    this.generation = new Generation(null, Moment.now(time));
  }

  /** All fences of a namespace between two invalidations of the whole of it. */
  static final class Generation {
    /** Null until a read has seen it. Guarded by this. */
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

  /** Finds the fence of an endpoint; what was taken down has another parent. */
  private record EndpointKey(PartitionFence parent, String endpoint) {
    // By hand: this runs at each call, and a record's own take longer.
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

  /** What the fences of one partition have in common. */
  static final class PartitionFence {
    final Generation generation;
    final Partition partition;
    volatile boolean down;

    PartitionFence(Generation generation, Partition partition) {
      this.generation = generation;
      this.partition = partition;
    }
  }

  /** Returns the fence that stands now. */
  public Fence of(Partition partition, String endpoint) {
    Generation current = generation;
    PartitionFence parent =
        current.partitions.get(partition, absent -> new PartitionFence(current, absent));
    return current.fences.get(
        new EndpointKey(parent, endpoint), absent -> new Fence(parent, endpoint, Moment.now(time)));
  }

  /** Takes down the fence of a partition, or of one endpoint of it. */
  public void takeDown(Partition partition, @Nullable String endpoint) {
    takenDown.incrementAndGet(); // first: reads under way are out of date from here on
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

  /** Takes down all fences: of what is kept or under way, nothing is served to a later call. */
  public synchronized void takeDownAll() {
    takenDown.incrementAndGet();
    Generation old = generation;
    generation = new Generation(null, Moment.now(time));
    old.down = true;
  }

  /** Returns whether the copy of the namespace's marker is older than it may be. */
  boolean namespaceDue(long delayNanos) {
    Generation current = generation;
    return !current.known
        || current.verifiedAt.nanosUntil(time.nanoTime(), time.epochMillis()) >= delayNanos;
  }

  /** The beginning of a read of markers. */
  record Read(Moment began, long takenDown) {}

  /** Begins a read of markers: to be told before it is made. */
  Read beginRead() {
    return new Read(Moment.now(time), takenDown.get());
  }

  /**
   * Takes note of the markers that a read saw.
   *
   * @return what the call goes on with
   */
  Observation observe(Fence fence, Markers seen, Read read) {
    if (!fence.stands()) {
      return overtaken(fence, seen);
    }
    Moment readBegan = read.began();
    Generation current = fence.generation();
    Marker namespace = seen.namespace();
    if (namespace == null && current.namespaceMarker() == null) {
      return new Observation(fence, null, false);
    }
    if (namespace != null) {
      Fence.MarkerCheck sight = current.compare(namespace, readBegan);
      if (sight == Fence.MarkerCheck.OUTDATED) {
        return new Observation(fence, null, true);
      }
      if (sight != Fence.MarkerCheck.SAME) {
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
   * What a call goes on with after a read of the markers.
   *
   * @param fence the fence that stands now
   * @param markers the markers in force, all three, or null where they are not known
   * @param changed whether what was kept under the call's first fence is no longer good
   */
  record Observation(Fence fence, @Nullable Markers markers, boolean changed) {}

  /** Returns whether an entry that was made under some markers is good under those in force. */
  boolean admits(Markers made, Markers inForce) {
    return made.equals(inForce);
  }

  private Observation renewed(Fence old, Markers seen, Read read) {
    Fence fence = of(old.partition(), old.endpoint());
    boolean same = fence.compare(seen, read.began()) == Fence.MarkerCheck.SAME;
    if (takenDown.get() != read.takenDown()) {
      // This process has invalidated something since. If it was this, the fence may have been made
      // after that, and what the read saw is from before.
      return overtaken(old, seen);
    }
    return new Observation(fence, same ? complete(fence.generation(), seen) : null, true);
  }

  /**
   * An invalidation has come between a call's beginning and its read. The call may be given what it
   * read, as it began before; nothing of it is kept, as its fence is down.
   */
  private static Observation overtaken(Fence fallen, Markers seen) {
    return new Observation(fallen, complete(fallen.generation(), seen), true);
  }

  private static @Nullable Markers complete(Generation generation, Markers seen) {
    Marker namespace = seen.namespace() != null ? seen.namespace() : generation.namespaceMarker();
    return namespace == null ? null : new Markers(seen.scope(), seen.endpoint(), namespace);
  }

  private synchronized void replace(Generation old, Marker namespace, Moment readBegan) {
    if (generation == old) {
      generation = new Generation(namespace, readBegan);
    }
    old.down = true;
  }

  /** Takes down a partition's fences. */
  void takeDown(PartitionFence parent) {
    try {
      parent.generation.partitions.remove(parent.partition, parent);
    } finally {
      parent.down = true;
    }
  }

  /** Takes down one endpoint's fence. */
  void takeDown(Fence fence) {
    try {
      EndpointKey key = new EndpointKey(fence.parent(), fence.endpoint());
      fence.generation().fences.remove(key, fence);
    } finally {
      fence.takeDown();
    }
  }
}
