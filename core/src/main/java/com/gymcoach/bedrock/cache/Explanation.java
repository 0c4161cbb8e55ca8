package com.gymcoach.bedrock.cache;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says why a call missed or went past the cache, from what this process remembers of its recent
 * calls. Never contains a prompt, an answer, a user or any other value: its text may be logged.
 *
 * <p>Immutable.
 *
 * @param call the call: operation, model and endpoint
 * @param at when the call was explained, by the wall clock
 * @param cause why it missed
 * @param reason details of {@link Cause#BYPASSED} and {@link Cause#REFUSED}; null for any other
 *     cause, and if the cache only observes
 * @param since when the cause arose, such as the time of the eviction; null if it is not known or
 *     the call itself is the cause
 * @param paths the fields by which the call differs from the nearest one whose answer was kept,
 *     such as {@code messages[3].content[0].text}, for {@link Cause#DIFFERS}; otherwise empty. In
 *     the order of the request, at most {@value #MAX_PATHS}; if there are more, the last is {@code
 *     ...}. Besides fields of the request there are {@code operation}, {@code client}, {@code
 *     endpoint}, {@code vary} and {@code keyGenerator}
 */
public record Explanation(
    CallContext call,
    Instant at,
    Cause cause,
    @Nullable CacheReason reason,
    @Nullable Instant since,
    List<String> paths) {

  /** The most paths that an explanation has. */
  public static final int MAX_PATHS = 16;

  /** Why a call missed or went past the cache. */
  public enum Cause {
    /** Memory has the answer: a call is answered from there. Only from {@code explain}. */
    CACHED,
    /**
     * The call went past the cache, or past an entry that cannot be converted to its form; {@link
     * Explanation#reason()} says why.
     */
    BYPASSED,
    /** The answer's TTL has passed. */
    EXPIRED,
    /**
     * The answer left memory before its TTL had passed: others needed the room, or {@code
     * hotMaxAge} had passed. The store, if there is one, did not have it.
     */
    EVICTED,
    /** The answer was invalidated, here or by another process. */
    INVALIDATED,
    /** Bedrock's answer to the same request was not kept; {@link Explanation#reason()} says why. */
    REFUSED,
    /** Bedrock's answer to the same request did not fit into memory, and there is no store. */
    NO_ROOM,
    /** The same request failed at Bedrock. */
    FAILED,
    /** The answer is older than the caller's {@link CacheControl#maxAge}. */
    TOO_OLD,
    /** The store may have the answer, but did not say: see the faults. */
    STORE_UNREAD,
    /** No equal request is remembered; {@link Explanation#paths()} compares with the nearest. */
    DIFFERS,
    /**
     * Neither this request nor a similar one of the same scope is among the calls that this process
     * remembers: it has not been seen since the start, or too long ago.
     */
    NOT_SEEN,
    /** An answer was kept and is gone, and this process does not know why. */
    UNKNOWN,
    /** The cache does not explain: {@link BedrockCacheBuilder#explains} is not set. */
    OFF
  }

  /** Copies the list. */
  public Explanation {
    paths = List.copyOf(paths);
  }

  /** Returns a text for a log, such as {@code Converse at chat: DIFFERS at messages[0].role}. */
  @Override
  public String toString() {
    return call.operation()
        + " at "
        + call.endpoint()
        + ": "
        + cause
        + (reason == null ? "" : ", " + reason)
        + (paths.isEmpty() ? "" : " at " + String.join(", ", paths))
        + (since == null ? "" : ", since " + since);
  }
}
