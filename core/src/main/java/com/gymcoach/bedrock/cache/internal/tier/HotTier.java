package com.gymcoach.bedrock.cache.internal.tier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.Partition;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** The answers in this process's memory, weighed in bytes. Thread-safe. */
public final class HotTier {
  private final TimeSource time;
  private final long maxBytes;
  private final Duration maxAge;
  private volatile Table table;
  private volatile boolean closed;

  /**
   * Returns an empty tier.
   *
   * @param maxBytes how many bytes it may hold; zero for none
   * @param maxAge how long it may hold an answer before asking the warm tier again
   */
  public HotTier(TimeSource time, long maxBytes, Duration maxAge) {
    this.time = time;
    this.maxBytes = maxBytes;
    this.maxAge = maxAge;
    this.table = new Table();
  }

  /**
   * The entries. If the stack or the heap ends within Caffeine, it may be left half done, and every
   * later writer would spin for ever: the table is broken then, and replaced.
   */
  private final class Table {
    final Cache<EntryAddress, HotEntry> entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<EntryAddress, HotEntry>weigher((address, entry) -> entry.weight())
            .expireAfter(new RemainingLife(time))
            .ticker(time::nanoTime)
            // On the caller's thread: a frozen Lambda runs nothing behind its back.
            .executor(Runnable::run)
            .build();

    volatile boolean broken;
  }

  /** Returns the table in use. If two threads replace one at once, one's answers are lost. */
  private Table table() {
    Table current = table;
    if (current.broken) {
      current = new Table();
      table = current;
    }
    return current;
  }

  private @Nullable HotEntry held(EntryAddress address) {
    Table current = table();
    try {
      return current.entries.getIfPresent(address);
    } catch (VirtualMachineError ended) {
      current.broken = true;
      throw ended;
    }
  }

  /**
   * Returns the answer kept here, if it is still good and its fence stands.
   *
   * @param epochMillis what the wall clock says; elapsed time Caffeine has looked up itself
   */
  public @Nullable HotEntry get(EntryAddress address, long epochMillis) {
    HotEntry entry = held(address);
    return entry != null && entry.fence().stands() && isGood(entry.lifetime(), epochMillis)
        ? entry
        : null;
  }

  private boolean isGood(Lifetime lifetime, long epochMillis) {
    return lifetime.isFreshAt(epochMillis)
        && (lifetime.retention().isZero() || lifetime.isFresh(time));
  }

  /** Returns the answer kept here, good or not any more, if its fence stands. */
  public @Nullable HotEntry getStale(EntryAddress address) {
    HotEntry entry = held(address);
    return entry != null && entry.fence().stands() && entry.lifetime().isRetained(time)
        ? entry
        : null;
  }

  /**
   * Keeps what Bedrock has just given, for its life and its retention, if its fence stands and it
   * fits. An answer that does not fit is never visible here, and neither is the one that it would
   * have replaced.
   *
   * @return whether it is kept
   */
  public boolean put(EntryAddress address, HotEntry entry) {
    return keep(address, entry, false);
  }

  /**
   * Keeps what the store held, for what is left of its life and its retention, if its fence stands
   * and memory has none as young: a refresh may have overtaken the read.
   */
  public void promote(EntryAddress address, HotEntry entry) {
    keep(address, entry, true);
  }

  private boolean keep(EntryAddress address, HotEntry entry, boolean ifYounger) {
    if (maxBytes == 0) {
      return false;
    }
    // Caffeine evicts some time after a put, so what is too large must not be put at all.
    boolean fits = entry.weight() <= maxBytes;
    Lifetime lifetime = entry.lifetime().atMost(time, maxAge);
    HotEntry limited =
        new HotEntry(entry.answer(), lifetime, entry.fence(), entry.usage(), entry.usd());
    Table current = table();
    HotEntry kept;
    try {
      kept =
          current
              .entries
              .asMap()
              .compute(
                  address,
                  (key, present) ->
                      limited.fence().stands()
                              && isBetter(lifetime, present)
                              && !(ifYounger && isAsYoung(present, lifetime))
                          ? (fits ? limited : null)
                          : present);
      if (closed) { // after it was put: whoever closes either finds it or is seen here
        current.entries.invalidate(address);
        return false;
      }
    } catch (VirtualMachineError ended) {
      current.broken = true;
      throw ended;
    }
    @SuppressWarnings("ReferenceEquality") // this one, not one like it
    boolean isKept = kept == limited;
    return isKept;
  }

  /** What is past its life must not replace what is not. */
  private boolean isBetter(Lifetime lifetime, @Nullable HotEntry present) {
    return lifetime.isFresh(time)
        || (lifetime.isRetained(time) && (present == null || !present.lifetime().isFresh(time)));
  }

  private boolean isAsYoung(@Nullable HotEntry present, Lifetime lifetime) {
    return present != null
        && present.fence().stands()
        && present.lifetime().isFresh(time)
        && !present.lifetime().created().isBefore(lifetime.created());
  }

  /**
   * Removes the answers of some partitions, or of one endpoint of them, in one go over all.
   *
   * @return the addresses of those that were still good, whatever their fence
   */
  public Set<EntryAddress> removeAll(Set<Partition> partitions, @Nullable String endpoint) {
    Set<EntryAddress> gone = new HashSet<>();
    Table current = table();
    ConcurrentMap<EntryAddress, HotEntry> entries = current.entries.asMap();
    try {
      entries.forEach(
          (address, entry) -> {
            if (partitions.contains(address.partition())
                && (endpoint == null || address.endpoint().equals(endpoint))
                && entries.remove(address, entry)
                && entry.lifetime().isFresh(time)) {
              gone.add(address);
            }
          });
    } catch (VirtualMachineError ended) {
      current.broken = true;
      throw ended;
    }
    return gone;
  }

  /** Forgets everything. */
  public void clear() {
    Table current = table();
    try {
      current.entries.invalidateAll();
    } catch (VirtualMachineError ended) {
      current.broken = true;
      throw ended;
    }
  }

  /** Forgets everything, and keeps nothing any more. */
  public void close() {
    closed = true;
    clear();
  }

  /** Returns how many answers are held, those not yet swept out included. */
  public long entries() {
    return table().entries.estimatedSize();
  }

  /** Returns how many bytes the answers are taken to hold. */
  public long bytes() {
    return table().entries.policy().eviction().flatMap(e -> boxed(e.weightedSize())).orElse(0L);
  }

  /** Returns how many bytes the tier may hold. */
  public long maxBytes() {
    return maxBytes;
  }

  private static java.util.Optional<Long> boxed(java.util.OptionalLong value) {
    return value.isPresent()
        ? java.util.Optional.of(value.getAsLong())
        : java.util.Optional.empty();
  }

  /** Each answer leaves when its own life ends. */
  private record RemainingLife(TimeSource time) implements Expiry<EntryAddress, HotEntry> {
    @Override
    public long expireAfterCreate(EntryAddress address, HotEntry entry, long now) {
      Lifetime lifetime = entry.lifetime();
      return Math.max(0, lifetime.deadline() + lifetime.retention().toNanos() - now);
    }

    @Override
    public long expireAfterUpdate(EntryAddress address, HotEntry entry, long now, long current) {
      return expireAfterCreate(address, entry, now);
    }

    @Override
    public long expireAfterRead(EntryAddress address, HotEntry entry, long now, long current) {
      return current;
    }
  }
}
