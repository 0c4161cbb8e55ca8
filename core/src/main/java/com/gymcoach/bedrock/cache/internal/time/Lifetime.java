package com.gymcoach.bedrock.cache.internal.time;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * When an answer was made and how long it is fresh. It has expired as soon as either clock says so:
 * the wall clock may be set back, and elapsed time stops while a machine is frozen.
 *
 * @param created when Bedrock gave the answer, by the wall clock
 * @param expires when it stops being fresh, by the wall clock
 * @param deadline when it stops being fresh, by this process's elapsed time
 * @param retention how long it is kept after that, for callers that accept a stale answer
 */
public record Lifetime(Instant created, Instant expires, long deadline, Duration retention) {
  /**
   * The longest lifetime, retention included. Markers ({@link
   * com.gymcoach.bedrock.cache.spi.store.Marker#RETENTION}) outlive every entry that they fence, so
   * instances that share a table must agree on this: it is part of the stored format.
   */
  public static final Duration MAX_DURATION = Duration.ofDays(366);

  /**
   * The most by which another process's clock may be ahead of ours. The age of an entry from
   * further in the future is unknown: it would seem new on every read.
   */
  public static final Duration SKEW = Duration.ofMinutes(5);

  /** Returns whether an answer was created further in the future than clock skew explains. */
  public static boolean isFromTheFuture(TimeSource time, Instant created) {
    return created.isAfter(time.now().plus(SKEW));
  }

  /** Returns the lifetime of an answer that has just been made. */
  public static Lifetime from(TimeSource time, Duration ttl, Duration retention) {
    Instant now = time.now();
    Duration kept = shorter(retention, MAX_DURATION.minus(ttl)); // markers must outlive it
    return new Lifetime(now, now.plus(ttl), time.nanoTime() + ttl.toNanos(), kept);
  }

  /**
   * Returns the rest of a lifetime that another process began. A creation time in the future, by
   * our clock, counts as now. The lifetime never exceeds the one intended.
   */
  public static Lifetime resumed(
      TimeSource time, Instant created, Instant expires, Instant retainUntil) {
    Instant now = time.now();
    Duration intended = Duration.between(created, expires);
    Instant begun = created.isAfter(now) ? now : created;
    Instant ends = begun.plus(shorter(bounded(intended), Duration.between(begun, expires)));
    long deadline = time.nanoTime() + Duration.between(now, ends).toNanos();
    Duration longest = MAX_DURATION.minus(Duration.between(begun, ends));
    Duration retention = shorter(Duration.between(expires, retainUntil), longest);
    return new Lifetime(begun, ends, deadline, retention);
  }

  /** Returns whether the answer is fresh. */
  public boolean isFresh(TimeSource time) {
    return isFreshAt(time.nanoTime(), time.epochMillis());
  }

  /**
   * Returns whether the answer, fresh or stale, may be kept: until {@link #retention()} after it
   * expires, by both clocks.
   */
  public boolean isRetained(TimeSource time) {
    return staleness(time).compareTo(retention) < 0;
  }

  /**
   * Returns how long ago the answer expired, by the clock that shows the longer time. Negative
   * while fresh.
   */
  public Duration staleness(TimeSource time) {
    Duration byElapsed = Duration.ofNanos(time.nanoTime() - deadline);
    Duration byWall = Duration.between(expires, time.now());
    return byElapsed.compareTo(byWall) > 0 ? byElapsed : byWall;
  }

  /** Returns the time after which even a stale answer must not be served. */
  public Instant retainUntil() {
    return expires.plus(retention);
  }

  /** Returns whether the answer is fresh at a time by both clocks. */
  public boolean isFreshAt(long nanos, long epochMillis) {
    return deadline - nanos > 0 && epochMillis < expires.toEpochMilli();
  }

  /** Returns how long the answer stays fresh, at least zero. */
  public Duration remaining(TimeSource time) {
    Duration byElapsed = Duration.ofNanos(deadline - time.nanoTime());
    Duration left = shorter(byElapsed, Duration.between(time.now(), expires));
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Returns the answer's age, at least zero. */
  public Duration age(TimeSource time) {
    Duration age = Duration.between(created, time.now());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /**
   * Returns the outcome of serving the answer at a given time. Age and remaining time use the wall
   * clock.
   */
  public CacheOutcome hit(CacheSource source, long epochMillis) {
    long age = epochMillis - created.toEpochMilli();
    long left = expires.toEpochMilli() - epochMillis;
    return Outcome.hit(source, Math.max(0, age) / 1_000, Math.max(0, left) / 1_000);
  }

  /** Returns the outcome of serving the answer after it has expired. */
  public CacheOutcome staleHit(TimeSource time, CacheSource source, CacheReason why) {
    long staleness = Math.max(0, staleness(time).toSeconds());
    return Outcome.stale(source, age(time).toSeconds(), staleness, why);
  }

  /**
   * Returns this lifetime, ended in this process after {@code limit} at the latest. The answer is
   * then read from the store again.
   */
  public Lifetime atMost(TimeSource time, Duration limit) {
    long nearer = time.nanoTime() + limit.toNanos();
    if (nearer - deadline >= 0) {
      return this;
    }
    Instant ends = time.now().plus(limit);
    return new Lifetime(created, ends.isBefore(expires) ? ends : expires, nearer, Duration.ZERO);
  }

  /**
   * Returns a duration, at most {@link #MAX_DURATION}: a count of nanoseconds overflows after 292
   * years.
   */
  public static Duration bounded(Duration duration) {
    return shorter(duration, MAX_DURATION);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
