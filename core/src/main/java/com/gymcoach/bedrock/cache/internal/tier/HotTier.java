package com.gymcoach.bedrock.cache.internal.tier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.store.Partition;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The answers in this process's memory, limited by their size in bytes. Thread-safe. */
public final class HotTier {
  private final TimeSource time;
  private final long maxBytes;
  private final Duration maxAge;
  private volatile Table table;
  private volatile boolean closed;

  /**
   * Returns an empty tier.
   *
   * @param maxBytes the most bytes it may hold; 0 disables the tier
   * @param maxAge the longest it holds an answer before the warm tier is read again
   */
  public HotTier(TimeSource time, long maxBytes, Duration maxAge) {
    this.time = time;
    this.maxBytes = maxBytes;
    this.maxAge = maxAge;
    this.table = new Table();
  }

  /**
   * The entries. If a stack overflow or an out-of-memory error interrupts Caffeine, every later
   * writer may spin forever. The table is then marked broken and replaced.
   */
  private final class Table {
    final Cache<EntryAddress, HotEntry> entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .<EntryAddress, HotEntry>weigher((address, entry) -> entry.weight())
            .expireAfter(new RemainingLife(time))
            .ticker(time::nanoTime)
            // Run maintenance on the caller's thread: a frozen Lambda runs no background threads.
            .executor(Runnable::run)
            .build();

    volatile boolean broken;
  }

  /** Returns the table in use. If two threads replace it at once, one thread's answers are lost. */
  private Table table() {
    Table current = table;
    if (current.broken) {
      current = new Table();
      table = current;
    }
    return current;
  }

  /** Uses the table; marks it as broken if an error of the JVM interrupts Caffeine. */
  private <T extends @Nullable Object> T inTable(Function<Cache<EntryAddress, HotEntry>, T> use) {
    Table current = table();
    try {
      return use.apply(current.entries);
    } catch (VirtualMachineError ended) {
      current.broken = true;
      throw ended;
    }
  }

  private @Nullable HotEntry held(EntryAddress address) {
    return inTable(entries -> entries.getIfPresent(address));
  }

  /**
   * Returns the answer held for an address, if it is fresh and its fence stands.
   *
   * @param epochMillis the wall-clock time; Caffeine reads the elapsed time itself
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

  /** Returns the answer held for an address, fresh or stale, if its fence stands. */
  public @Nullable HotEntry getStale(EntryAddress address) {
    HotEntry entry = held(address);
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
    if (maxBytes == 0) {
      return false;
    }
    // Caffeine evicts some time after a put, so an answer that is too large must never be put.
    boolean fits = entry.weight() <= maxBytes;
    Lifetime lifetime = entry.lifetime().atMost(time, maxAge);
    HotEntry limited =
        new HotEntry(entry.answer(), lifetime, entry.fence(), entry.usage(), entry.usd());
    HotEntry kept =
        inTable(
            entries -> {
              HotEntry now =
                  entries
                      .asMap()
                      .compute(
                          address,
                          (key, present) ->
                              limited.fence().stands()
                                      && isBetter(lifetime, present)
                                      && !(ifYounger && isAsYoung(present, lifetime))
                                  ? (fits ? limited : null)
                                  : present);
              if (closed) { // checked after the put: close() removes the answer, or is seen here
                entries.invalidate(address);
                return null;
              }
              return now;
            });
    @SuppressWarnings("ReferenceEquality") // identity, not equality, is meant
    boolean isKept = kept == limited;
    return isKept;
  }

  /**
   * Returns whether an answer may replace the present one: a stale answer must not replace a fresh
   * one.
   */
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
   * Removes the answers of some partitions, or of one endpoint in them, in a single pass over all
   * entries.
   *
   * @return the addresses of the removed answers that were fresh, whatever their fence
   */
  public Set<EntryAddress> removeAll(Set<Partition> partitions, @Nullable String endpoint) {
    return inTable(entries -> removeAll(entries.asMap(), partitions, endpoint));
  }

  private Set<EntryAddress> removeAll(
      ConcurrentMap<EntryAddress, HotEntry> entries,
      Set<Partition> partitions,
      @Nullable String endpoint) {
    Set<EntryAddress> gone = new HashSet<>();
    entries.forEach(
        (address, entry) -> {
          if (partitions.contains(address.partition())
              && (endpoint == null || address.endpoint().equals(endpoint))
              && entries.remove(address, entry)
              && entry.lifetime().isFresh(time)) {
            gone.add(address);
          }
        });
    return gone;
  }

  /** Removes all answers. */
  public void clear() {
    inTable(
        entries -> {
          entries.invalidateAll();
          return true;
        });
  }

  /** Removes all answers and accepts no more. */
  public void close() {
    closed = true;
    clear();
  }

  /** Returns the estimated number of answers held, including expired ones not yet evicted. */
  public long entries() {
    return table().entries.estimatedSize();
  }

  /** Returns the estimated size of the answers, in bytes. */
  public long bytes() {
    return table().entries.policy().eviction().flatMap(e -> boxed(e.weightedSize())).orElse(0L);
  }

  /** Returns the most bytes the tier may hold. */
  public long maxBytes() {
    return maxBytes;
  }

  private static java.util.Optional<Long> boxed(java.util.OptionalLong value) {
    return value.isPresent()
        ? java.util.Optional.of(value.getAsLong())
        : java.util.Optional.empty();
  }

  /** Expires each answer when its lifetime and retention end. */
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
