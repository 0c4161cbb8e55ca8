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
  private volatile boolean isFree;

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
                    evict(slot, evicted);
                  }
                })
            // Run maintenance on the caller's thread: a frozen Lambda runs no background threads.
            .executor(Runnable::run)
            .build();
  }

  /** Caffeine logs what a listener throws, and evicts all the same. */
  private void evict(HotSlot slot, Consumer<HotSlot> evicted) {
    try {
      evicted.accept(slot);
    } catch (Throwable notEmptied) {
      retire();
      throw notEmptied;
    }
  }

  /** Makes all slots serve nothing from now on. */
  void retire() {
    state.retired = true;
  }

  /**
   * Frees the answers of a retired table, which links would keep in memory. Called when it is next
   * used and not when it is retired: the stack or the heap may have come to its end then.
   */
  void free() {
    if (!isFree) {
      slots.asMap().values().forEach(HotSlot::empty);
      isFree = true;
    }
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
