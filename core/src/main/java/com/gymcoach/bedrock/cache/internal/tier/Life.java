package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * When an answer was made and how long it is good for. It has expired when either clock says so:
 * the wall clock may be set back, and elapsed time stands still while a machine is frozen.
 *
 * @param created when Bedrock gave the answer, by the wall clock
 * @param expires when it stops being good, by the wall clock
 * @param deadline the same by elapsed time, as this process knows it
 */
public record Life(Instant created, Instant expires, long deadline) {
  /**
   * No life is longer. Markers outlive every entry that they fence, so instances that share a table
   * must agree on this: it is part of the stored format.
   */
  public static final Duration LONGEST = Duration.ofDays(366);

  /** Returns the life of an answer that has just been made. */
  public static Life from(TimeSource time, Duration ttl) {
    Instant now = time.now();
    return new Life(now, now.plus(ttl), time.nanoTime() + ttl.toNanos());
  }

  /**
   * Returns what is left of a life that another process began. A creation in the future, by our
   * clock, counts as now, and the life is no longer than it was meant to be.
   */
  public static Life resumed(TimeSource time, Instant created, Instant expires) {
    Instant now = time.now();
    Duration meant = Duration.between(created, expires);
    Instant begun = created.isAfter(now) ? now : created;
    Instant ends = begun.plus(shorter(shorter(meant, LONGEST), Duration.between(begun, expires)));
    return new Life(begun, ends, time.nanoTime() + Duration.between(now, ends).toNanos());
  }

  /** Returns whether the answer is still good. */
  public boolean lasts(TimeSource time) {
    return deadline - time.nanoTime() > 0 && time.epochMillis() < expires.toEpochMilli();
  }

  /** Returns whether the answer is still good by the wall clock alone. */
  boolean lastsAt(long epochMillis) {
    return epochMillis < expires.toEpochMilli();
  }

  /** Returns how long the answer is still good for, not less than zero. */
  public Duration remaining(TimeSource time) {
    Duration byElapsed = Duration.ofNanos(deadline - time.nanoTime());
    Duration left = shorter(byElapsed, Duration.between(time.now(), expires));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Returns how old the answer is, not less than zero. */
  public Duration age(TimeSource time) {
    Duration age = Duration.between(created, time.now());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** Returns the outcome of serving the answer at a time, age and rest by the wall clock. */
  public CacheOutcome hit(CacheSource source, long epochMillis) {
    long age = epochMillis - created.toEpochMilli();
    long left = expires.toEpochMilli() - epochMillis;
    return CacheOutcome.hit(source, Math.max(0, age) / 1_000, Math.max(0, left) / 1_000);
  }

  /** Returns this life with a nearer end in this process. */
  public Life atMost(TimeSource time, Duration limit) {
    long nearer = time.nanoTime() + limit.toNanos();
    if (nearer - deadline >= 0) {
      return this;
    }
    Instant ends = time.now().plus(limit);
    return new Life(created, ends.isBefore(expires) ? ends : expires, nearer);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
