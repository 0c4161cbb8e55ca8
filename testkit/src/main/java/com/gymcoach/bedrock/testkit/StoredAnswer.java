package com.gymcoach.bedrock.testkit;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An answer as a store holds it: the content of an entry of format 1.
 *
 * @param codec the operation's number in {@code docs/stored-format.md}
 * @param body what Bedrock sent; for a stream, a line of JSON for each event
 */
record StoredAnswer(
    int codec,
    String modelId,
    Times times,
    Markers markers,
    @Nullable TokenUsage usage,
    Head head,
    byte[] body) {

  /** When an answer was given, and how long it may be served. */
  record Times(Instant created, Instant expires, Instant retainUntil) {
    /** Returns the times of an answer that has just been given and lives for a while. */
    static Times from(Instant now, Duration life) {
      return new Times(now, now.plus(life), now.plus(life));
    }
  }

  /**
   * The status line and the headers of a response.
   *
   * @param headers the values by name, in the order of the names
   */
  record Head(int status, @Nullable String statusText, SortedMap<String, List<String>> headers) {}

  private static final List<String> OPERATIONS =
      List.of(
          "Converse",
          "InvokeModel",
          "ConverseStream",
          "InvokeModelWithResponseStream",
          "CountTokens",
          "ApplyGuardrail",
          "InvokeGuardrailChecks");

  /** Returns the name of the operation, or its number if it has no name here. */
  String operation() {
    return codec >= 1 && codec <= OPERATIONS.size()
        ? OPERATIONS.get(codec - 1)
        : Integer.toString(codec);
  }

  /**
   * Returns the number of an operation.
   *
   * @throws NumberFormatException if it is neither a name nor a number
   */
  static int codec(String operation) {
    int known = OPERATIONS.indexOf(operation);
    return known >= 0 ? known + 1 : Integer.parseInt(operation);
  }

  /** Returns whether the body has a line for each event of a stream. */
  boolean isStream() {
    return operation().endsWith("Stream");
  }
}
