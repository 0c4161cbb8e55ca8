package com.gymcoach.bedrock.examples.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.gymcoach.bedrock.examples.local.CallNotes.Note;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * The latest 600 calls, for the page's graphs. Contains no prompt, no answer and no user.
 * Thread-safe.
 */
final class CallLog {
  private static final int KEPT = 600;

  /**
   * A call that was answered.
   *
   * @param number counts up from 1
   * @param at when it ended, ms since 1970
   * @param endpoint the last part of the path, which names the kind of question
   * @param status the HTTP status
   * @param source hot, warm or bedrock; empty for an error
   * @param cached whether the answer came from the cache
   * @param millis latency in ms
   * @param how how the cache handled the call, if it reached the cache
   * @param soFar the totals of all calls when this one ended
   */
  private record Call(
      long number,
      long at,
      String endpoint,
      int status,
      String source,
      boolean cached,
      double millis,
      Optional<Note> how,
      Sums soFar) {}

  /**
   * Totals at some time.
   *
   * @param savedUsd amount saved so far, by all calls
   * @param faults number of faults so far that callers did not notice
   */
  private record Sums(double savedUsd, long faults) {}

  private final Totals totals;
  private final Deque<Call> calls = new ArrayDeque<>();
  private long last;

  CallLog(Totals totals) {
    this.totals = totals;
  }

  /** Returns the totals that each call is logged with. */
  Totals totals() {
    return totals;
  }

  /** Adds a call that has just been answered. */
  synchronized void add(
      String endpoint, int status, JsonNode reply, Optional<Note> how, double millis) {
    if (calls.size() == KEPT) {
      calls.removeFirst();
    }
    last++;
    calls.addLast(
        new Call(
            last,
            System.currentTimeMillis(),
            endpoint,
            status,
            reply.path("cacheSource").asText(),
            reply.path("cached").asBoolean(),
            millis,
            how,
            new Sums(totals.savedUsd(), totals.faults())));
  }

  /** Writes the calls with a number greater than {@code after}, oldest first. */
  synchronized void write(long after, ArrayNode to) {
    for (Call call : calls) {
      if (call.number > after) {
        to.addObject()
            .put("number", call.number)
            .put("at", call.at)
            .put("endpoint", call.endpoint)
            .put("status", call.status)
            .put("source", call.source)
            .put("cached", call.cached)
            .put("millis", Math.round(call.millis * 100) / 100.0)
            .put("reason", call.how.map(Note::reason).orElse(""))
            .put("faultNames", call.how.map(Note::faultNames).orElse(""))
            .put("savedUsd", call.soFar.savedUsd)
            .put("faults", call.soFar.faults);
      }
    }
  }
}
