package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The memory of the calls under one address: digests and times. Fields are written by whoever
 * learns something; each is read by itself. Thread-safe.
 */
final class RecentCall {
  /**
   * What became of an answer.
   *
   * @param at when
   */
  record Fate(Cause cause, @Nullable CacheReason reason, Instant at) {}

  /**
   * An answer that is kept, or was.
   *
   * @param since when it was kept here
   * @param leavesMemory when it leaves memory if its TTL is longer; null if it does not
   */
  private record Stay(
      Instant since, Lifetime lifetime, Fence fence, @Nullable Instant leavesMemory) {}

  private final EntryAddress address;
  private final Digest owner;
  private final FieldTree fields;
  private volatile @Nullable Stay stay;
  private volatile @Nullable Fate notKept;
  private volatile @Nullable Instant evicted;
  private volatile @Nullable Instant invalidated;

  /**
   * Creates the memory of an address.
   *
   * @param owner the digest of their owner
   * @param fields the fields of their key, without names
   */
  RecentCall(EntryAddress address, Digest owner, FieldTree fields) {
    this.address = address;
    this.owner = owner;
    this.fields = fields;
  }

  EntryAddress address() {
    return address;
  }

  Digest owner() {
    return owner;
  }

  FieldTree fields() {
    return fields;
  }

  /**
   * Notes that an answer is kept.
   *
   * @param inMemory how long it stays in memory at the longest
   */
  void kept(TimeSource time, Lifetime lifetime, Fence fence, Duration inMemory) {
    Instant now = time.now();
    boolean leaves = inMemory.compareTo(lifetime.remaining(time)) < 0;
    invalidated = null;
    evicted = null;
    stay = new Stay(now, lifetime, fence, leaves ? now.plus(inMemory) : null);
  }

  /** Notes why there is no answer. */
  void notKept(Fate why) {
    if (why.cause() == Cause.NO_ROOM) { // which removes the answer that it would have replaced
      stay = null;
    }
    notKept = why;
  }

  void evicted(Instant at) {
    evicted = at;
  }

  void invalidated(Instant at) {
    if (invalidated == null) {
      invalidated = at;
    }
  }

  /** Returns when an answer was kept, or null if none was. */
  @Nullable Instant keptSince() {
    Stay kept = stay;
    return kept == null ? null : kept.since();
  }

  /** Returns whether an answer that is kept is older than a limit. */
  boolean isOlderThan(Duration limit, TimeSource time) {
    Stay kept = stay;
    return kept != null && kept.lifetime().age(time).compareTo(limit) > 0;
  }

  /** Returns why there is no answer now, or null if that is not known. */
  @Nullable Fate fate(TimeSource time) {
    Stay kept = stay;
    Fate refused = notKept;
    if (kept == null) {
      return refused;
    }
    Fate gone = end(kept, time);
    return gone != null && refused != null && refused.at().isAfter(gone.at()) ? refused : gone;
  }

  /** Returns what ended an answer's stay first, or null. */
  private @Nullable Fate end(Stay kept, TimeSource time) {
    Instant now = time.now();
    Instant expired = kept.lifetime().isFresh(time) ? null : kept.lifetime().expires();
    Instant left = kept.leavesMemory();
    Instant down = invalidated;
    if (down == null && !kept.fence().stands()) {
      invalidated(now); // by another process: this is when it is noticed here
      down = invalidated;
    }
    return Stream.of(
            fate(Cause.EXPIRED, expired),
            fate(Cause.EVICTED, evicted),
            fate(Cause.EVICTED, left == null || left.isAfter(now) ? null : left),
            fate(Cause.INVALIDATED, down))
        .flatMap(Stream::ofNullable)
        .reduce((one, other) -> other.at().isBefore(one.at()) ? other : one)
        .orElse(null);
  }

  private static @Nullable Fate fate(Cause cause, @Nullable Instant at) {
    return at == null ? null : new Fate(cause, null, at);
  }
}
