package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.fence.NoFences;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.keys.Digest;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A memory tier with one address, as a cache has it: a call takes the fence, asks the model, and
 * keeps the answer; an invalidation takes the fence down and removes the answer. Answers are 0
 * before the invalidation or refresh and 1 after it.
 */
class Cell {
  /** The result of a look-up without an answer. */
  static final int NONE = -1;

  static final int OLD = 0;
  static final int NEW = 1;

  private static final Duration TTL = Duration.ofHours(1);
  private static final Partition ALICE =
      new Partition("default", new Digest(1, 2, 3, 4), Partition.WHOLE);
  private static final EntryAddress ADDRESS =
      new EntryAddress(ALICE, "chat", new Digest(5, 6, 7, 8));
  private static final TimeSource FROZEN =
      new TimeSource() {
        private final Instant now = Instant.parse("2026-11-24T08:00:00Z");

        @Override
        public Instant now() {
          return now;
        }

        @Override
        public long nanoTime() {
          return 0;
        }
      };

  /** Slots are emptied when their answers leave, as in a cache. */
  static final HotTier.Leaving EMPTIED = new HotTier.Leaving(HotSlot::unlink, HotSlot::empty);

  /** Slots stay as they are. */
  static final HotTier.Leaving LEFT_FULL = new HotTier.Leaving(slot -> {}, slot -> {});

  private final Fences fences;
  private final HotTier tier;
  private final HotLink link = new HotLink(ADDRESS);
  private volatile int model = OLD;

  /** Whether an invalidation has returned. */
  volatile boolean invalidated;

  private Cell(Fences fences, HotTier.Leaving leaving) {
    this.fences = fences;
    this.tier = new HotTier(FROZEN, new HotTable.Limits(1000, HotTier.MAX_FIRST), TTL, leaving);
  }

  static Cell fenced() {
    return new Cell(new Fences(FROZEN), EMPTIED);
  }

  static Cell unfenced() {
    return new Cell(new NoFences(FROZEN), LEFT_FULL);
  }

  /** Returns a cell whose links lead to answers that have left. */
  static Cell withFullSlots() {
    return new Cell(new Fences(FROZEN), LEFT_FULL);
  }

  /** Keeps an answer, to which the link then leads, and returns this. */
  Cell filled() {
    call();
    linked();
    return this;
  }

  Fence fence() {
    return fences.of(ALICE, "chat");
  }

  /** Asks the model under a new or the standing fence, and keeps the answer. */
  void call() {
    Fence fence = fence();
    keep(model, fence);
  }

  void keep(int answer, Fence fence) {
    tier.put(
        ADDRESS,
        new HotEntry(
            new Kept<>(answer, false, 10),
            Lifetime.from(FROZEN, TTL, Duration.ZERO),
            fence,
            null,
            Double.NaN));
  }

  /** Changes what the model answers, then invalidates. */
  void invalidate() {
    model = NEW;
    fences.takeDown(ALICE, "chat");
    invalidated = true;
    tier.removeAll(Set.of(ALICE), "chat");
  }

  /** Returns the answer that the link leads to, or that is at the address. */
  int linked() {
    return answer(tier.get(link, 0, FROZEN.epochMillis()));
  }

  /** Returns the answer at the address. */
  int lookedUp() {
    return answer(tier.get(ADDRESS, 0, FROZEN.epochMillis()));
  }

  private static int answer(@Nullable HotEntry entry) {
    return entry == null ? NONE : (Integer) entry.answer().response();
  }
}
