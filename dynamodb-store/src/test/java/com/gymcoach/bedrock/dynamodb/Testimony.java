package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.CacheSource;
import java.util.HashMap;
import java.util.Map;

/**
 * What follows from a service's reports: which answers may still be served, and which must be in
 * the table. It objects to what must not be. Not thread-safe.
 */
final class Testimony {
  /** When the call began that Bedrock gave an answer to, by the answer's number. */
  private final Map<Integer, Long> asked = new HashMap<>();

  /** When a user's answers were invalidated last: none may be served that was asked for before. */
  private final Map<String, Long> invalidated = new HashMap<>();

  /** The entries that are certainly in the table, by question. */
  private final Map<String, Integer> kept = new HashMap<>();

  private int fromTheCache;

  void hear(Report report) {
    switch (report.event()) {
      case ANSWERED -> answered(report);
      case WRONG -> throw new AssertionError("A wrong answer: " + report);
      case INVALIDATING -> kept.keySet().removeIf(question -> isOf(report.user(), question));
      case INVALIDATED -> invalidated(report.user(), report.began());
      default -> {}
    }
  }

  /** Notes an acknowledged invalidation, and when it began. */
  void invalidated(String user, long began) {
    kept.keySet().removeIf(question -> isOf(user, question));
    invalidated.merge(user, began, Math::max);
  }

  /** Returns how many answers the cache gave. */
  int fromTheCache() {
    return fromTheCache;
  }

  /** Checks an answer to a call that began after all calls of that time had ended. */
  void mayBeServed(String user, String question, int number) {
    Long began = asked.get(number);
    if (began != null && isGone(user, began)) {
      throw new AssertionError("Answer " + number + " to " + question + " was invalidated");
    }
  }

  /** Returns the number of the answer that must be in the table, or of one before it; else 0. */
  int kept(String question) {
    return kept.getOrDefault(question, 0);
  }

  private void answered(Report report) {
    if (report.source() == CacheSource.BEDROCK) {
      asked.put(report.number(), report.began());
    } else {
      fromTheCache++;
      Long began = asked.get(report.number());
      if (began == null) {
        throw new AssertionError("An answer that Bedrock has not given: " + report);
      }
      if (isGone(report.user(), began)
          && report.began() > invalidated.getOrDefault(report.user(), 0L)) {
        throw new AssertionError("An answer that was invalidated: " + report);
      }
    }
    if (report.flawless()) {
      kept.put(report.question(), report.number());
    }
  }

  private boolean isGone(String user, long began) {
    Long at = invalidated.get(user);
    return at != null && began <= at;
  }

  private static boolean isOf(String user, String question) {
    return question.startsWith(user + "-");
  }
}
