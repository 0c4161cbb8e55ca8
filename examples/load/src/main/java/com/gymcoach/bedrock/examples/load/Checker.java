package com.gymcoach.bedrock.examples.load;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which answers are wrong: another user's, another request's, one from before an invalidation
 * that must be obeyed by now, or a part of one.
 *
 * <p>An invalidation that was acknowledged on an instance is obeyed there by each call that begins
 * later, and on the other instances by each that begins later than the bound. An answer obeys it if
 * its request arrived at Bedrock no earlier than the invalidation began: the cache reads the
 * markers before it asks Bedrock, and an invalidation writes them after it has begun. When
 * something was acknowledged and when a call began are told by this JVM's clock; when an
 * invalidation began and when a request arrived at Bedrock by the machine's, which both processes
 * share. Thread-safe.
 */
final class Checker {
  /** The clock is read in whole milliseconds, and the stand-in's wait is taken off in them. */
  private static final long ROUNDING_MILLIS = 1;

  private final long boundNanos;
  private final int instances;
  private final Map<String, User> users = new ConcurrentHashMap<>();

  Checker(Duration bound, int instances) {
    this.boundNanos = bound.toNanos();
    this.instances = instances;
  }

  /** An invalidation that is not obeyed everywhere yet. */
  private record Recent(long beganMillis, long acknowledgedNanos) {}

  /** What has been invalidated of a user. Guarded by itself. */
  private static final class User {
    /** For each instance: answers from before that epoch millisecond are wrong there. */
    private final long[] notBefore;

    private final Deque<Recent> recent = new ArrayDeque<>();

    User(int instances) {
      this.notBefore = new long[instances];
    }
  }

  /**
   * Takes note of an invalidation, to be told as soon as it has returned.
   *
   * @param beganMillis when it began, in epoch milliseconds
   * @param acknowledgedNanos when it returned, by {@code System.nanoTime()}
   * @param acknowledged whether the table has it: else only the instance itself obeys
   */
  void invalidated(
      String user, int instance, long beganMillis, long acknowledgedNanos, boolean acknowledged) {
    User state = users.computeIfAbsent(user, absent -> new User(instances));
    synchronized (state) {
      state.notBefore[instance] = Math.max(state.notBefore[instance], beganMillis);
      if (acknowledged) {
        state.recent.add(new Recent(beganMillis, acknowledgedNanos));
      }
    }
  }

  /** Returns the earliest epoch millisecond that an answer to a call that begins now may be of. */
  long notBefore(String user, int instance, long nowNanos) {
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
   * Returns what is wrong with an answer, or null where nothing is.
   *
   * @param fromCache whether Bedrock was not asked by this very call
   */
  @Nullable String wrong(Ask ask, long notBefore, String text, boolean fromCache) {
    Stamp stamp = Stamp.of(text);
    if (stamp == null) {
      return "no stamp";
    }
    if (!stamp.user().equals(Stamp.userDigest(ask.user()))) {
      return "another user's";
    }
    if (!stamp.request().equals(ask.digest())) {
      return "another request's";
    }
    if (stamp.askedAt() + ROUNDING_MILLIS < notBefore) {
      return "from before an invalidation";
    }
    return fromCache && !stamp.whole() ? "cut short" : null;
  }
}
