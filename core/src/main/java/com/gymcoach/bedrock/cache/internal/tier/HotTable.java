package com.gymcoach.bedrock.cache.internal.tier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.function.Consumer;

/**
 * The slots of the memory tier, limited by the size of their answers. Retired and replaced when it
 * is cleared. Retired too if a stack overflow or an out-of-memory error interrupts Caffeine,
 * because every later writer may then spin forever. Thread-safe.
 */
final class HotTable {
  /** Whether a table is in use. Slots refer to this, so that none keeps a whole table in memory. */
  static final class State {
    private volatile boolean retired;

    boolean retired() {
      return retired;
    }
  }

  final Cache<EntryAddress, HotSlot> slots;
  final State state = new State();

  /**
   * Creates an empty table.
   *
   * @param evicted empties the slot of an answer that Caffeine is about to evict
   */
  HotTable(TimeSource time, long maxBytes, Consumer<HotSlot> evicted) {
    this.slots =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<EntryAddress, HotSlot>weigher((address, slot) -> slot.weight())
            .expireAfter(new RemainingLife())
            .ticker(time::nanoTime)
            // Caffeine calls this before the entry is gone, so no later answer is older than it.
            .evictionListener(
                (address, slot, cause) -> {
                  if (slot != null) {
                    evicted.accept(slot);
                  }
                })
            // Run maintenance on the caller's thread: a frozen Lambda runs no background threads.
            .executor(Runnable::run)
            .build();
  }

  /** Makes all slots empty. */
  void retire() {
    state.retired = true;
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
