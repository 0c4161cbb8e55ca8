package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
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
 * @param retention how long it is kept after that, for callers who may be given a stale answer
 */
public record Lifetime(Instant created, Instant expires, long deadline, Duration retention) {
  /**
   * No life is longer, its retention included. Markers ({@link
   * com.gymcoach.bedrock.cache.spi.Marker#RETENTION}) outlive every entry that they fence, so
   * instances that share a table must agree on this: it is part of the stored format.
   */
  public static final Duration MAX_DURATION = Duration.ofDays(366);

  /**
   * By how much another process's clock may be ahead of ours. What is from further in the future
   * has an age that nobody knows; read again and again, it would be young each time.
   */
  public static final Duration SKEW = Duration.ofMinutes(5);

  /** Returns whether an answer was made in a future that no clock of another process explains. */
  public static boolean isFromTheFuture(TimeSource time, Instant created) {
    return created.isAfter(time.now().plus(SKEW));
  }

  /** Returns the life of an answer that has just been made. */
  public static Lifetime from(TimeSource time, Duration ttl, Duration retention) {
    Instant now = time.now();
    Duration kept = shorter(retention, MAX_DURATION.minus(ttl)); // markers must outlive it
    return new Lifetime(now, now.plus(ttl), time.nanoTime() + ttl.toNanos(), kept);
  }

  /**
   * Returns what is left of a life that another process began. A creation in the future, by our
   * clock, counts as now, and the life is no longer than it was meant to be.
   */
  public static Lifetime resumed(
      TimeSource time, Instant created, Instant expires, Instant retainUntil) {
    Instant now = time.now();
    Duration meant = Duration.between(created, expires);
    Instant begun = created.isAfter(now) ? now : created;
    Instant ends = begun.plus(shorter(bounded(meant), Duration.between(begun, expires)));
    long deadline = time.nanoTime() + Duration.between(now, ends).toNanos();
    Duration most = MAX_DURATION.minus(Duration.between(begun, ends));
    Duration retention = shorter(Duration.between(expires, retainUntil), most);
    return new Lifetime(begun, ends, deadline, retention);
  }

  /** Returns whether the answer is still good. */
  public boolean isFresh(TimeSource time) {
    return deadline - time.nanoTime() > 0 && time.epochMillis() < expires.toEpochMilli();
  }

  /**
   * Returns whether the answer, good or not any more, may be kept: until {@link #retention()} after
   * its end, by both clocks.
   */
  public boolean isRetained(TimeSource time) {
    return staleness(time).compareTo(retention) < 0;
  }

  /** Returns how long ago the life ended, by the clock that says longer; negative before that. */
  public Duration staleness(TimeSource time) {
    Duration byElapsed = Duration.ofNanos(time.nanoTime() - deadline);
    Duration byWall = Duration.between(expires, time.now());
    return byElapsed.compareTo(byWall) > 0 ? byElapsed : byWall;
  }

  /** Returns from when on the answer is of no use to anybody. */
  public Instant retainUntil() {
    return expires.plus(retention);
  }

  /** Returns whether the answer is still good by the wall clock alone. */
  boolean isFreshAt(long epochMillis) {
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

  /** Returns the outcome of serving the answer after its end. */
  public CacheOutcome staleHit(TimeSource time, CacheSource source, CacheReason why) {
    long staleness = Math.max(0, staleness(time).toSeconds());
    return CacheOutcome.stale(source, age(time).toSeconds(), staleness, why);
  }

  /** Returns this life with a nearer end in this process, where it is then read anew. */
  public Lifetime atMost(TimeSource time, Duration limit) {
    long nearer = time.nanoTime() + limit.toNanos();
    if (nearer - deadline >= 0) {
      return this;
    }
    Instant ends = time.now().plus(limit);
    return new Lifetime(created, ends.isBefore(expires) ? ends : expires, nearer, Duration.ZERO);
  }

  /** Returns a duration, or the longest there is: nanoseconds hold no more than 292 years. */
  public static Duration bounded(Duration duration) {
    return shorter(duration, MAX_DURATION);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
