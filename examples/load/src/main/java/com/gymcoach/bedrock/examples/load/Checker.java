package com.gymcoach.bedrock.examples.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Detects wrong answers: another user's, another request's, one from before an invalidation that
 * must be effective by now, or an incomplete one.
 *
 * <p>Once an instance has acknowledged an invalidation, every call that begins on it must obey that
 * invalidation. On other instances, so must every call that begins after the bound has passed. An
 * answer obeys an invalidation if its request arrived at Bedrock no earlier than the invalidation
 * began: the cache reads the markers before it asks Bedrock, and an invalidation writes them after
 * it has begun. Two clocks are used. This JVM's clock gives the times of acknowledgements and of
 * calls. The machine's clock, which both processes share, gives the times when invalidations began
 * and requests arrived at Bedrock. Thread-safe.
 */
public final class Checker {
  /**
   * The rounding error: the clock is read, and the stand-in's delay subtracted, in whole
   * milliseconds.
   */
  private static final long ROUNDING_MILLIS = 1;

  private final long boundNanos;
  private final int instances;
  private final Map<String, User> users = new ConcurrentHashMap<>();

  /**
   * Creates a checker.
   *
   * @param bound after this time every instance must obey an invalidation
   */
  public Checker(Duration bound, int instances) {
    this.boundNanos = bound.toNanos();
    this.instances = instances;
  }

  /** An invalidation that other instances need not obey yet. */
  private record Recent(long beganMillis, long acknowledgedNanos) {}

  /** The invalidations of a user. Guarded by itself. */
  private static final class User {
    /** By instance: answers from before this epoch millisecond are wrong. */
    private final long[] notBefore;

    private final Deque<Recent> recent = new ArrayDeque<>();

    User(int instances) {
      this.notBefore = new long[instances];
    }
  }

  /**
   * Records an invalidation. Call it as soon as the invalidation has returned.
   *
   * @param beganMillis when it began, in epoch milliseconds
   * @param acknowledgedNanos when it returned, by {@code System.nanoTime()}
   * @param acknowledged whether the table acknowledged it; if not, only this instance obeys it
   */
  public void invalidated(
      String user, int instance, long beganMillis, long acknowledgedNanos, boolean acknowledged) {
    User state = users.computeIfAbsent(user, absent -> new User(instances));
    synchronized (state) {
      state.notBefore[instance] = Math.max(state.notBefore[instance], beganMillis);
      if (acknowledged) {
        state.recent.add(new Recent(beganMillis, acknowledgedNanos));
      }
    }
  }

  /**
   * Returns the earliest epoch millisecond that an answer may date from, for a call that begins
   * now.
   */
  public long notBefore(String user, int instance, long nowNanos) {
    User state = users.get(user);
    if (state == null) {
      return 0;
    }
    synchronized (state) {
      state.recent.removeIf(
          invalidation -> {
            boolean due = nowNanos - invalidation.acknowledgedNanos() > boundNanos;
            if (due) {
              Arrays.setAll(
                  state.notBefore, i -> Math.max(state.notBefore[i], invalidation.beganMillis()));
            }
            return due;
          });
      return state.notBefore[instance];
    }
  }

  /**
   * Returns the fault of an answer, or null if it is right.
   *
   * @param user who asked
   * @param request the digest of what was asked
   * @param fromCache whether the answer came from the cache or another caller's call, rather than
   *     from this call to Bedrock
   */
  public @Nullable String wrong(
      String user, String request, long notBefore, String text, boolean fromCache) {
    Stamp stamp = Stamp.of(text);
    if (stamp == null) {
      return "no stamp";
    }
    if (!stamp.user().equals(Stamp.userDigest(user))) {
      return "another user's";
    }
    if (!stamp.request().equals(request)) {
      return "another request's";
    }
    if (stamp.askedAt() + ROUNDING_MILLIS < notBefore) {
      return "from before an invalidation";
    }
    return fromCache && !stamp.whole() ? "cut short" : null;
  }
}
