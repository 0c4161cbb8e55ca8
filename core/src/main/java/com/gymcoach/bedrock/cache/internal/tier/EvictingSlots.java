package com.gymcoach.bedrock.cache.internal.tier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The slots of a table as Caffeine holds them, limited by the size of their answers. */
final class EvictingSlots {
  private final Cache<EntryAddress, HotSlot> slots;

  /**
   * Creates an empty map.
   *
   * @param evicted empties the slot of an answer that Caffeine is about to evict. Caffeine logs
   *     what it throws, and evicts all the same
   */
  EvictingSlots(TimeSource time, long maxBytes, BiConsumer<EntryAddress, HotSlot> evicted) {
    this.slots =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<EntryAddress, HotSlot>weigher((address, slot) -> slot.weight())
            .expireAfter(new RemainingLife())
            .ticker(time::nanoTime)
            // Caffeine calls this before the entry is gone, so no later answer is older than it.
            .evictionListener(
                (address, slot, cause) -> {
                  if (address != null && slot != null) {
                    evicted.accept(address, slot);
                  }
                })
            // Run maintenance on the caller's thread: a frozen Lambda runs no background threads.
            .executor(Runnable::run)
            .build();
  }

  @Nullable HotSlot get(EntryAddress address) {
    return slots.getIfPresent(address);
  }

  /** Returns a slot without counting that as a use of its answer. */
  @Nullable HotSlot peek(EntryAddress address) {
    return slots.policy().getIfPresentQuietly(address);
  }

  ConcurrentMap<EntryAddress, HotSlot> map() {
    return slots.asMap();
  }

  long entries() {
    return slots.estimatedSize();
  }

  long bytes() {
    return slots.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
  }

  /** Expires each answer when its lifetime and retention end. */
  private static final class RemainingLife implements Expiry<EntryAddress, HotSlot> {
    @Override
    public long expireAfterCreate(EntryAddress address, HotSlot slot, long now) {
      Lifetime lifetime = slot.lifetime();
      return Math.max(0, lifetime.deadline() + lifetime.retention().toNanos() - now);
    }

    @Override
    public long expireAfterUpdate(EntryAddress address, HotSlot slot, long now, long current) {
      return expireAfterCreate(address, slot, now);
    }

    @Override
    public long expireAfterRead(EntryAddress address, HotSlot slot, long now, long current) {
      return current;
    }
  }
}
