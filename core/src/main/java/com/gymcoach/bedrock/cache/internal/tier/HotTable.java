package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The slots of the memory tier, limited by the size of their answers. Retired and replaced when it
 * is cleared. Retired too if a stack overflow or an out-of-memory error interrupts it, because
 * every later writer may then spin forever. Thread-safe.
 *
 * <p>The first slots are in a plain map, because loading Caffeine takes a part of a cold start.
 * Caffeine takes them over before there are too many, or too large ones.
 */
final class HotTable {
  /** Whether a table is in use. Slots refer to this, so that none keeps a whole table in memory. */
  static final class State {
    private volatile boolean retired;

    boolean retired() {
      return retired;
    }
  }

  /**
   * The limits of a table.
   *
   * @param bytes the most bytes its answers may take
   * @param first the most answers that it holds without Caffeine
   */
  record Limits(long bytes, int first) {}

  final State state = new State();
  private final TimeSource time;
  private final Limits limits;
  private final BiConsumer<EntryAddress, HotSlot> evicted;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * The slots until Caffeine has them. Written under the lock, so that none is added while they are
   * moved. Not cleared then: a reader may be about to look here, and finds what the slot holds.
   */
  private final ConcurrentHashMap<EntryAddress, HotSlot> first = new ConcurrentHashMap<>();

  private volatile @Nullable EvictingSlots evicting;
  private volatile boolean isFree;

  /**
   * Creates an empty table.
   *
   * @param evicted empties the slot of an answer that is about to be evicted
   */
  HotTable(TimeSource time, Limits limits, BiConsumer<EntryAddress, HotSlot> evicted) {
    this.time = time;
    this.limits = limits;
    this.evicted = evicted;
  }

  @Nullable HotSlot get(EntryAddress address) {
    EvictingSlots all = evicting;
    return all == null ? first.get(address) : all.get(address);
  }

  /** Returns a slot without counting that as a use of its answer. */
  @Nullable HotSlot peek(EntryAddress address) {
    EvictingSlots all = evicting;
    return all == null ? first.get(address) : all.peek(address);
  }

  /** Returns the slots as they are now; they may be moved at any time. */
  ConcurrentMap<EntryAddress, HotSlot> slots() {
    EvictingSlots all = evicting;
    return all == null ? first : all.map();
  }

  /**
   * Replaces a slot as {@link ConcurrentMap#compute} does.
   *
   * @param weight the weight of the slot that may be added
   */
  @Nullable HotSlot compute(
      EntryAddress address,
      int weight,
      BiFunction<EntryAddress, @Nullable HotSlot, @Nullable HotSlot> next) {
    if (evicting == null) {
      lock.lock();
      try {
        if (state.retired()) {
          return null;
        }
        if (evicting == null && hasRoom(address, weight)) {
          return first.compute(address, next);
        }
        move();
      } catch (VirtualMachineError ended) {
        retire(); // before another writer has the lock
        throw ended;
      } finally {
        lock.unlock();
      }
    }
    return slots().compute(address, next);
  }

  /** Returns whether a slot may be added to the first ones, of which those that expired go. */
  private boolean hasRoom(EntryAddress address, int weight) {
    long bytes = weight;
    int answers = 1;
    for (Iterator<Map.Entry<EntryAddress, HotSlot>> all = first.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<EntryAddress, HotSlot> each = all.next();
      HotSlot slot = each.getValue();
      if (!each.getKey().equals(address)) {
        if (slot.lifetime().isRetained(time)) {
          bytes += slot.weight();
          answers++;
        } else {
          evict(each.getKey(), slot);
          all.remove();
        }
      }
    }
    return answers <= limits.first() && bytes <= limits.bytes();
  }

  /** Gives Caffeine the first slots. */
  private void move() {
    if (evicting == null) {
      EvictingSlots all = new EvictingSlots(time, limits.bytes(), this::evict);
      all.map().putAll(first);
      evicting = all;
    }
  }

  /** Removes a slot from an address, if it is still there. */
  boolean remove(EntryAddress address, HotSlot slot) {
    if (evicting == null) {
      lock.lock();
      try {
        if (evicting == null) {
          return first.remove(address, slot);
        }
      } finally {
        lock.unlock();
      }
    }
    return slots().remove(address, slot);
  }

  private void evict(EntryAddress address, HotSlot slot) {
    try {
      evicted.accept(address, slot);
    } catch (Throwable notEmptied) {
      retire();
      throw notEmptied;
    }
  }

  long entries() {
    EvictingSlots all = evicting;
    return all == null ? first.size() : all.entries();
  }

  long bytes() {
    EvictingSlots all = evicting;
    if (all != null) {
      return all.bytes();
    }
    long bytes = 0;
    for (HotSlot slot : first.values()) {
      bytes += slot.weight();
    }
    return bytes;
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
      slots().values().forEach(HotSlot::empty);
      isFree = true;
    }
  }
}
