package com.gymcoach.bedrock.warmup;

import java.util.List;
import java.util.Locale;
import java.util.SortedMap;

/**
 * The result of a warm-up. Contains no prompt, answer or user id. Immutable.
 *
 * @param end why it ended
 * @param counts the counts
 * @param notKept how many answers were not kept, by {@code CacheReason}; {@code NOT_STATED} for
 *     streams of a cache that does not explain
 * @param refused how many lines were not asked, by {@code CacheReason} if the call would have gone
 *     past the cache or the store did not say whether it has the answer; {@code NO_PRICE}, {@code
 *     MEDIA} or {@code NO_OUTPUT_LIMIT} if there is a limit in USD and none of what the call can
 *     cost; {@code NEEDS_ASYNC_CLIENT} for streams
 * @param failures how many calls failed: {@code THROTTLED}, {@code NO_ACCESS}, {@code REJECTED} or
 *     {@code FAILED}
 * @param malformedLines the numbers of the first 100 lines that are not a request, from 1
 */
public record WarmUpReport(
    End end,
    WarmUpProgress counts,
    SortedMap<String, Long> notKept,
    SortedMap<String, Long> refused,
    SortedMap<String, Long> failures,
    List<Long> malformedLines) {

  /** Why a warm-up ended. */
  public enum End {
    /** Every line was dealt with. */
    FINISHED,
    /** It was cancelled, closed or interrupted. */
    CANCELLED,
    /** The rest of the budget did not suffice for the next call. */
    BUDGET,
    /** Bedrock did not accept the caller's credentials, or the caller may not call the model. */
    NO_ACCESS,
    /** Too many calls in a row failed. */
    FAILURES,
    /** Too many answers in a row were not kept, or could not have been, or may be there already. */
    NOTHING_KEPT,
    /** The file could not be read on, or was changed while it was read. */
    FILE_UNREADABLE,
    /** The state file could not be written. */
    STATE_UNWRITABLE,
    /** Something unexpected was thrown; it is logged. */
    BROKEN
  }

  /** Returns the report as a text of a few lines. */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s after %d s: %,d of %,d lines. Already there %,d, asked %,d, kept %,d (stored %,d).%n"
            + "Not kept %s. Not asked %s. Failed %s. Malformed lines %s.%n"
            + "Cost %.4f USD as billed by tokens, and at most %.4f USD more that nobody stated.",
        end,
        counts.elapsed().toSeconds(),
        counts.ended(),
        counts.lines(),
        counts.hits(),
        counts.asked(),
        counts.kept(),
        counts.stored(),
        notKept,
        refused,
        failures,
        malformedLines.isEmpty() ? "none" : malformedLines.toString(),
        counts.usd(),
        counts.assumedUsd());
  }
}
