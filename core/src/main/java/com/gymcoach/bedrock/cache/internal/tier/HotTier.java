package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The answers in this process's memory, limited by their size in bytes. Thread-safe. */
public final class HotTier {
  private final TimeSource time;
  private final HotTable.Limits limits;
  private final Duration maxAge;
  private final Leaving leaving;

  /** The most answers that are held without Caffeine: enough for most of a cold process's life. */
  static final int MAX_FIRST = 32;

  /** Null until the first answer is kept. */
  private final AtomicReference<@Nullable HotTable> table = new AtomicReference<>();

  /** Called with the address of each evicted answer, if it is not null. */
  private volatile @Nullable Consumer<EntryAddress> evictions;

  private volatile boolean closed;

  /**
   * The steps by which the slot of an answer that leaves the tier is emptied.
   *
   * @param soon before the answer is replaced
   * @param gone when it has been replaced, and before it is removed
   */
  record Leaving(Consumer<HotSlot> soon, Consumer<HotSlot> gone) {}

  /**
   * Returns an empty tier.
   *
   * @param maxBytes the most bytes it may hold; 0 disables the tier
   * @param maxAge the longest it holds an answer before the warm tier is read again
   */
  public HotTier(TimeSource time, long maxBytes, Duration maxAge) {
    this(
        time,
        new HotTable.Limits(maxBytes, MAX_FIRST),
        maxAge,
        new Leaving(HotSlot::unlink, HotSlot::empty));
  }

  /**
   * Returns an empty tier, for tests that show what emptying a slot protects.
   *
   * @param leaving the steps for the slot of an answer that leaves the tier
   */
  HotTier(TimeSource time, HotTable.Limits limits, Duration maxAge, Leaving leaving) {
    this.time = time;
    this.limits = limits;
    this.maxAge = maxAge;
    this.leaving = leaving;
  }

  /**
   * Tells where an answer was, each time that one is evicted: for room, or because its time was
   * over. The listener runs within the tier: it must be short, and must not throw.
   */
  public void tellEvictions(Consumer<EntryAddress> listener) {
    evictions = listener;
  }

  private void evict(EntryAddress address, HotSlot slot) {
    leaving.gone().accept(slot);
    Consumer<EntryAddress> listener = evictions;
    if (listener != null) {
      listener.accept(address);
    }
  }

  /** Returns the table in use, or null if there is none yet. */
  private @Nullable HotTable table() {
    HotTable current = table.get();
    if (current != null && current.state.retired()) {
      current.free();
      return null;
    }
    return current;
  }

  /** Returns the table in use. There is never a second one: its slots would miss what leaves. */
  private HotTable tableForAnswers() {
    HotTable made = null;
    while (true) {
      HotTable current = table.get();
      if (current != null && !current.state.retired()) {
        return current;
      }
      if (current != null) {
        current.free();
      }
      if (made == null) {
        made = new HotTable(time, limits, this::evict);
      }
      if (table.compareAndSet(current, made)) {
        return made;
      }
    }
  }

  /** Uses a table; retires it if an error of the JVM interrupts it. */
  private static <T extends @Nullable Object> T in(HotTable table, Function<HotTable, T> use) {
    try {
      return use.apply(table);
    } catch (VirtualMachineError ended) {
      table.retire();
      throw ended;
    }
  }

  /**
   * Returns the answer in the table, or null. Leads a link there, if there is one.
   *
   * <p>An answer that was replaced just now is looked up again, as often as that happens: a reader
   * may be slower than those who refresh the answer.
   */
  private @Nullable HotEntry held(EntryAddress address, @Nullable HotLink link, long nanosNow) {
    HotTable current = table();
    return current == null ? null : in(current, used -> held(used, address, link, nanosNow));
  }

  private static @Nullable HotEntry held(
      HotTable used, EntryAddress address, @Nullable HotLink link, long nanosNow) {
    HotSlot before = null;
    for (HotSlot slot = used.get(address); slot != before; slot = used.get(address)) {
      HotEntry entry = slot == null ? null : slot.entry();
      if (slot != null && entry != null) {
        if (link != null) {
          slot.reported(nanosNow);
          link.to(slot);
        }
        return entry;
      }
      before = slot;
    }
    return null;
  }

  /** Returns the answer held for an address, if it is fresh and its fence stands. */
  public @Nullable HotEntry get(EntryAddress address, long nanosNow, long epochMillisNow) {
    return servable(held(address, null, nanosNow), nanosNow, epochMillisNow);
  }

  /** Returns the same for the address of a link, without a look-up if the link leads there. */
  public @Nullable HotEntry get(HotLink link, long nanosNow, long epochMillisNow) {
    HotSlot slot = link.slot();
    HotEntry entry = slot == null ? null : slot.linked(nanosNow);
    if (entry == null) {
      entry = held(link.address(), link, nanosNow);
      if (entry == null) {
        link.drop();
        return null;
      }
    }
    return servable(entry, nanosNow, epochMillisNow);
  }

  private static @Nullable HotEntry servable(
      @Nullable HotEntry entry, long nanosNow, long epochMillisNow) {
    return entry != null
            && entry.fence().stands()
            && entry.lifetime().isFreshAt(nanosNow, epochMillisNow)
        ? entry
        : null;
  }

  /** Returns the same as {@link #get(EntryAddress, long, long)}, but the answer is not used. */
  public @Nullable HotEntry peek(EntryAddress address, long nanosNow, long epochMillisNow) {
    HotTable current = table();
    HotSlot slot = current == null ? null : in(current, used -> used.peek(address));
    return slot == null ? null : servable(slot.entry(), nanosNow, epochMillisNow);
  }

  /** Returns the answer held for an address, fresh or stale, if its fence stands. */
  public @Nullable HotEntry getStale(EntryAddress address) {
    HotEntry entry = held(address, null, 0);
    return entry != null && entry.fence().stands() && entry.lifetime().isRetained(time)
        ? entry
        : null;
  }

  /**
   * Keeps an answer that Bedrock has just given, for its lifetime and retention. It must fit, and
   * its fence must stand. An answer that is too large is never visible here, and it removes the
   * answer that it would have replaced.
   *
   * @return whether the answer is kept
   */
  public boolean put(EntryAddress address, HotEntry entry) {
    return keep(address, entry, false);
  }

  /**
   * Keeps an answer read from the store, for the rest of its lifetime and retention, if its fence
   * stands. An equally young or younger answer in memory stays, because a refresh may have
   * overtaken the read.
   */
  public void promote(EntryAddress address, HotEntry entry) {
    keep(address, entry, true);
  }

  private boolean keep(EntryAddress address, HotEntry entry, boolean ifYounger) {
    if (limits.bytes() == 0) {
      return false;
    }
    // Caffeine evicts some time after a put, so an answer that is too large must never be put.
    boolean fits = entry.weight() <= limits.bytes();
    Lifetime lifetime = entry.lifetime().atMost(time, maxAge);
    HotEntry limited =
        new HotEntry(entry.answer(), lifetime, entry.fence(), entry.usage(), entry.usd());
    return in(
        tableForAnswers(),
        used -> {
          HotSlot ours = new HotSlot(limited, used.state);
          @Nullable HotSlot[] replaced = {null};
          HotSlot now =
              used.compute(
                  address,
                  fits ? limited.weight() : 0,
                  (key, present) -> {
                    if (!limited.fence().stands()
                        || !isBetter(lifetime, present)
                        || (ifYounger && isAsYoung(present, lifetime))) {
                      return present;
                    }
                    if (present != null) {
                      leaving.soon().accept(present); // before the new answer can be seen
                      replaced[0] = present;
                    }
                    return fits ? ours : null;
                  });
          if (replaced[0] != null) {
            leaving.gone().accept(replaced[0]);
          }
          if (closed) { // checked after the put: close() removes the answer, or is seen here
            clear();
            return false;
          }
          @SuppressWarnings("ReferenceEquality") // identity, not equality, is meant
          boolean isKept = now == ours;
          return isKept;
        });
  }

  /**
   * Returns whether an answer may replace the present one: a stale answer must not replace a fresh
   * one.
   */
  private boolean isBetter(Lifetime lifetime, @Nullable HotSlot present) {
    return lifetime.isFresh(time)
        || (lifetime.isRetained(time) && (present == null || !present.lifetime().isFresh(time)));
  }

  private boolean isAsYoung(@Nullable HotSlot present, Lifetime lifetime) {
    HotEntry entry = present == null ? null : present.entry();
    return entry != null
        && entry.fence().stands()
        && entry.lifetime().isFresh(time)
        && !entry.lifetime().created().isBefore(lifetime.created());
  }

  /**
   * Removes the answers of some partitions, or of one endpoint in them, in a single pass over all
   * entries.
   *
   * @return the addresses of the removed answers that were fresh, whatever their fence
   */
  public Set<EntryAddress> removeAll(Set<Partition> partitions, @Nullable String endpoint) {
    HotTable current = table();
    return current == null
        ? new HashSet<>()
        : in(current, used -> removeAll(used, partitions, endpoint));
  }

  private Set<EntryAddress> removeAll(
      HotTable used, Set<Partition> partitions, @Nullable String endpoint) {
    Set<EntryAddress> gone = new HashSet<>();
    used.slots()
        .forEach(
            (address, slot) -> {
              if (partitions.contains(address.partition())
                  && (endpoint == null || address.endpoint().equals(endpoint))) {
                // First: nothing that follows can fail and leave it in use.
                leaving.gone().accept(slot);
                if (used.remove(address, slot) && slot.lifetime().isFresh(time)) {
                  gone.add(address);
                }
              }
            });
    return gone;
  }

  /** Removes all answers. */
  public void clear() {
    HotTable current = table.get();
    if (current != null) {
      current.retire(); // first: there is never a second table in use
      table.compareAndSet(current, null);
    }
  }

  /** Removes all answers and accepts no more. */
  public void close() {
    closed = true;
    clear();
  }

  /** Returns the estimated number of answers held, including expired ones not yet evicted. */
  public long entries() {
    HotTable current = table();
    return current == null ? 0 : current.entries();
  }

  /** Returns the estimated size of the answers, in bytes. */
  public long bytes() {
    HotTable current = table();
    return current == null ? 0 : current.bytes();
  }

  /** Returns the most bytes the tier may hold. */
  public long maxBytes() {
    return limits.bytes();
  }
}
