package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The place of one answer in the memory tier. It is emptied when the answer leaves the tier,
 * whatever the reason, and never filled again. A {@link HotLink} can therefore keep the slot and
 * reach the answer without a look-up: it neither serves an answer that has left the tier nor holds
 * it in memory. Thread-safe.
 *
 * <p>Links lose an answer before its successor is in the table, so that no link is behind the
 * table. Whoever looks the answer up still finds it until then: a refresh causes no miss.
 */
final class HotSlot {
  /**
   * The shortest time between two reads that are reported to Caffeine, in nanoseconds. Also the
   * longest time that a link could lead to an answer whose slot was not emptied.
   */
  private static final long REPORTED_EVERY = TimeUnit.MILLISECONDS.toNanos(1);

  private final int weight;
  private final Lifetime lifetime;
  private final HotTable.State table;
  private volatile @Nullable HotEntry entry;

  /** The same answer, or null once links must no longer lead to it. */
  private volatile @Nullable HotEntry linked;

  /** When Caffeine last heard of a read. Threads race for it: a report more or less is harmless. */
  private long reportedAt;

  HotSlot(HotEntry entry, HotTable.State table) {
    this.weight = entry.weight();
    this.lifetime = entry.lifetime();
    this.table = table;
    this.entry = entry;
    this.linked = entry;
  }

  /** Returns the answer's weight, also after it has left. */
  int weight() {
    return weight;
  }

  /** Returns the answer's lifetime, also after it has left. */
  Lifetime lifetime() {
    return lifetime;
  }

  /** Returns the answer after a look-up in the table, or null. */
  @Nullable HotEntry entry() {
    return table.retired() ? null : entry;
  }

  /**
   * Returns the answer for a link, or null if the table must be asked: the answer has left the tier
   * or is about to, or Caffeine has to hear again that it is used.
   */
  @Nullable HotEntry linked(long nanosNow) {
    return nanosNow - reportedAt < REPORTED_EVERY && !table.retired() ? linked : null;
  }

  /** Notes that Caffeine has just heard of a read. */
  void reported(long nanosNow) {
    reportedAt = nanosNow;
  }

  /** Returns whether the slot keeps an answer in memory, served or not. */
  boolean holdsAnswer() {
    return entry != null || linked != null;
  }

  /** Makes links ask the table from now on. */
  void unlink() {
    linked = null;
  }

  /** Removes the answer for good. */
  void empty() {
    linked = null;
    entry = null;
  }
}
