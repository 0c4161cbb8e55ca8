package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;

/**
 * Decides whether an answer in memory may be served, or whether the markers in the store must be
 * read first, because another process may have invalidated it. Thread-safe.
 */
final class Verification {
  private final Settings.Tiering settings;
  private final TimeSource time;
  private final Fences fences;
  private final boolean hasStore;

  Verification(Parts parts) {
    this.settings = parts.settings().tiers();
    this.time = parts.environment().time();
    this.fences = parts.fences();
    this.hasStore = parts.tiers().warm() != null;
  }

  /** How far an answer in memory is known to be in force. */
  enum Standing {
    /** It has been invalidated. */
    INVALIDATED,
    /** The markers in force are those under which it was made. */
    VERIFIED,
    /** The markers are unknown, for less than {@code maxUnverified}. */
    UNVERIFIED,
    /** The markers have been unknown for too long. */
    UNKNOWN;

    boolean mayServe() {
      return this == VERIFIED || this == UNVERIFIED;
    }
  }

  /**
   * Returns whether a fence's markers were last read too long ago to serve a hit. Never without a
   * store.
   */
  boolean isDue(Fence fence, String endpoint, long nanos, long epochMillis) {
    return hasStore && fence.unverifiedFor(nanos, epochMillis) >= delayNanos(endpoint);
  }

  /** Returns the longest time that another process's invalidation may go unnoticed here. */
  long delayNanos(String endpoint) {
    return settings.invalidationDelay(endpoint).toNanos();
  }

  /** Returns the standing of answers made under a fence whose markers cannot be read. */
  Standing unread(Fence fence) {
    if (!fence.stands()) {
      return Standing.INVALIDATED;
    }
    return fence.unverifiedFor(time.nanoTime(), time.epochMillis())
            < settings.maxUnverified().toNanos()
        ? Standing.UNVERIFIED
        : Standing.UNKNOWN;
  }

  /** Returns the standing of an entry in memory after the markers were read. */
  Standing of(HotEntry entry, Fences.Observation seen) {
    if (seen.markers() == null) {
      return unread(entry.fence());
    }
    return !entry.fence().stands() || seen.changed() ? Standing.INVALIDATED : Standing.VERIFIED;
  }

  /** Returns a query for the markers of an address, and for its entry if wanted. */
  StoreQuery query(EntryAddress address, boolean withEntry) {
    return new StoreQuery(address, withEntry, fences.namespaceDue(delayNanos(address.endpoint())));
  }

  /** Compares the markers that a read returned with the fence under which a call began. */
  Fences.Observation observe(Fence fence, StoreRead read, Fences.Read reading) {
    Markers markers = read.markers();
    return markers == null
        ? Fences.Observation.withoutMarkers(fence)
        : fences.observe(fence, markers, reading);
  }
}
