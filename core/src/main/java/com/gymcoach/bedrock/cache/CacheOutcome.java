package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.internal.call.Outcome;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.core.SdkResponse;

/**
 * Describes how the cache handled a call. Every response that went through the cache carries one,
 * as the member {@code bedrock-cache} of an RFC 9211 {@code Cache-Status} header in {@code
 * sdkHttpResponse()}.
 *
 * <pre>{@code
 * CacheOutcome outcome = CacheOutcome.of(bedrock.converse(request));
 * if (outcome.cached()) {
 *   Duration age = outcome.age(); // since Bedrock gave the answer
 * } else {
 *   Optional<CacheReason> reason = outcome.reason(); // such as SCOPE_MISSING or MAX_TOKENS
 * }
 * }</pre>
 *
 * <p>The cache's outcomes are immutable, and equal if their {@link #headerValue()} is the same.
 * Their text is readable, such as {@code HIT from HOT, 12 s old} or {@code BYPASS, SCOPE_MISSING}.
 *
 * <p>Applications do not implement this interface: later versions may add methods. A test may mock
 * it, or give {@link #of} a response that has the header.
 */
public interface CacheOutcome {
  /** The header that carries an outcome. */
  String HEADER = "Cache-Status";

  /** How a call was answered. */
  enum Status {
    /** From the cache. */
    HIT,
    /** By the answer to another caller's identical request that was in progress. */
    COALESCED,
    /** By Bedrock: the cache had no answer to serve. */
    MISS,
    /** By Bedrock: the call bypassed the cache. */
    BYPASS
  }

  /**
   * Returns the outcome of the call that produced this response. If the response did not go through
   * the cache, or the cache was off, the outcome is a bypass without a reason.
   */
  static CacheOutcome of(SdkResponse response) {
    return Outcome.of(response);
  }

  /** Returns how the call was answered. */
  Status status();

  /** Returns where the answer came from. */
  CacheSource source();

  /**
   * Returns how long ago Bedrock gave the answer, in whole seconds; zero if it came from Bedrock.
   */
  Duration age();

  /**
   * Returns how much longer the cache may serve the answer, or empty if it holds none. For a {@link
   * #stale()} answer this is zero or negative: the time since its TTL passed.
   */
  Optional<Duration> ttl();

  /** Returns whether this call put its answer into memory. */
  boolean kept();

  /**
   * Returns whether this call put its answer into the store and the store acknowledged it in time.
   * A write that timed out does not count, although it may have succeeded.
   */
  boolean stored();

  /** Returns whether the answer was served after its TTL; {@link #reason()} says why. */
  boolean stale();

  /**
   * Returns whether the answer was converted, because Bedrock gave it to the other one of Converse
   * and ConverseStream: see {@link CachePolicy#serveBothForms}. Bedrock sent its content, but not
   * in this form. False for any answer in the form in which Bedrock sent it.
   */
  boolean converted();

  /**
   * Returns whether the answer came from the cache or from another caller's call: the status is
   * {@link Status#HIT} or {@link Status#COALESCED}.
   */
  boolean cached();

  /**
   * Returns why the call went to Bedrock, why its answer was not kept, or why a stale one was
   * served; empty for any other hit.
   */
  Optional<CacheReason> reason();

  /**
   * Returns why the call missed or bypassed the cache, if the caller asked for {@link
   * CacheControl#EXPLAIN} and the cache {@linkplain BedrockCacheBuilder#explains explains}; empty
   * for an answer from the cache. It is not part of the header: an outcome that was read from a
   * header has none.
   */
  default Optional<Explanation> explanation() {
    return Optional.empty();
  }

  /** Returns the value of the {@code Cache-Status} header. */
  String headerValue();
}
