package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.StoreGuard;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Rejects unusable settings with a message that says what to change. */
final class BuilderChecks {
  /**
   * The longest life of an entry. Also keeps durations within the 292 years that a {@code long} of
   * nanoseconds can hold.
   */
  private static final Duration MAX_DURATION = Duration.ofDays(366);

  /** More than one process can use: a thread for each caller that waits for the table. */
  private static final int MAX_THREADS = 1_024;

  private BuilderChecks() {}

  static void check(DynamoDbCacheStore.Builder from) {
    require(
        from.client != null || from.asyncClient != null, "There is no client: call client(...)");
    require(!from.tableName.isBlank(), "There is no table name: call tableName(...)");
    require(
        !from.keyPrefix.isEmpty(),
        "keyPrefix is empty: choose one that no other item's key begins with");
    requireDistinct(
        List.of(
            from.partitionKeyName, from.sortKeyName, from.envelopeAttribute, from.ttlAttribute));
    requirePositive("readBudget", from.readBudget);
    requirePositive("firstReadBudget", from.firstReadBudget);
    requirePositive("writeBudget", from.writeBudget);
    requireSecond("probeInterval", from.probeInterval);
    requireSecond("longProbeInterval", from.longProbeInterval);
    require(
        from.maxCallsPerPartition > 0,
        "maxCallsPerPartition is " + from.maxCallsPerPartition + ": choose 1 or more");
    require(
        from.maxThreads >= StoreGuard.MIN_CALLS && from.maxThreads <= MAX_THREADS,
        "maxThreads is "
            + from.maxThreads
            + ": choose "
            + StoreGuard.MIN_CALLS
            + " to "
            + MAX_THREADS);
    require(
        from.maxEnvelopeBytes > 0 && from.maxEnvelopeBytes <= EntryParts.MAX_BYTES,
        "maxEnvelopeBytes is " + from.maxEnvelopeBytes + ": choose 1 to " + EntryParts.MAX_BYTES);
  }

  /**
   * Returns the duration, capped at 366 days. Throws {@link NullPointerException} if it is null.
   */
  static Duration usable(String what, Duration duration) {
    Objects.requireNonNull(duration, what);
    return duration.compareTo(MAX_DURATION) > 0 ? MAX_DURATION : duration;
  }

  private static void requireDistinct(List<String> names) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      require(!name.isBlank(), "An attribute name is blank: give each of the four a name");
      require(seen.add(name), "Two attributes are called " + name + ": give each its own name");
      require(
          !name.equals(TableLayout.SCOPE_MARKER) && !name.startsWith(TableLayout.ENDPOINT_MARKER),
          "An attribute cannot be called " + name + ": markers are called so");
    }
  }

  private static void requireSecond(String what, Duration interval) {
    require(
        interval.compareTo(Duration.ofSeconds(1)) >= 0,
        what + " is " + interval + ": choose a second or more");
  }

  private static void requirePositive(String what, Duration budget) {
    require(
        !budget.isNegative() && !budget.isZero(),
        what + " is " + budget + ": choose more than zero");
  }

  private static void require(boolean good, String otherwise) {
    if (!good) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
