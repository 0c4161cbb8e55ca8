package com.gymcoach.bedrock.redis;

import java.time.Duration;
import java.util.Objects;
import java.util.regex.Pattern;

/** Rejects unusable settings with a message that says what to change. */
final class BuilderChecks {
  private static final Duration MAX_DURATION = Duration.ofDays(366);
  private static final int MAX_THREADS = 1_024;
  private static final int MAX_ENVELOPE_BYTES = 4 * 1024 * 1024;
  private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:/-]{1,64}");

  private BuilderChecks() {}

  static void check(RedisCacheStore.Builder from) {
    require(from.connector != null, "There is no client: call client(...)");
    require(
        PREFIX.matcher(from.keyPrefix).matches(),
        "keyPrefix is not usable: choose 1 to 64 of A-Z, a-z, 0-9, '.', '_', ':', '/' and '-'");
    requirePositive("readBudget", from.readBudget);
    requirePositive("firstReadBudget", from.firstReadBudget);
    requirePositive("writeBudget", from.writeBudget);
    requireSecond("probeInterval", from.probeInterval);
    requireSecond("longProbeInterval", from.longProbeInterval);
    requireBetween("maxCallsPerPartition", from.maxCallsPerPartition, 1, Integer.MAX_VALUE);
    requireBetween("maxThreads", from.maxThreads, 1, MAX_THREADS);
    requireBetween("maxEnvelopeBytes", from.maxEnvelopeBytes, 1, MAX_ENVELOPE_BYTES);
  }

  /** Returns the duration, capped at 366 days. Throws if it is null. */
  static Duration usable(String what, Duration duration) {
    Objects.requireNonNull(duration, what);
    return duration.compareTo(MAX_DURATION) > 0 ? MAX_DURATION : duration;
  }

  private static void requireBetween(String what, int value, int min, int max) {
    require(value >= min && value <= max, what + " is " + value + ": choose " + min + " to " + max);
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
