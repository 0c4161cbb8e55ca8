package com.gymcoach.bedrock.cache;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * Decides each answer's time to live (TTL), by endpoint, model and operation. Use a policy of this
 * interface, or implement it:
 *
 * <pre>{@code
 * TtlPolicy byEndpoint =
 *     TtlPolicy.byEndpoint(Map.of("chat", Duration.ofHours(1), "plan", Duration.ofDays(1)))
 *         .withStaleIfError(Duration.ofHours(6));
 *
 * TtlPolicy byModel = call -> Duration.ofHours(call.modelId().contains("haiku") ? 1 : 12);
 * BedrockCache cache = BedrockCache.builder().ttlPolicy(byModel).build();
 * }</pre>
 *
 * <p>An implementation must be thread-safe and quick, and must not block: it runs on the caller's
 * thread, or with the async client on the thread that completes the call. It need not throw: zero
 * means that an answer is not kept. If {@link #ttl} or {@link #jitter} throws or {@link #ttl}
 * returns null, the caller gets the answer and it is not kept. If a stale window throws, it counts
 * as zero. Each exception is recorded as the fault {@code CALLBACK_FAILED}.
 */
@FunctionalInterface
public interface TtlPolicy {

  /** The TTL if no other is configured: one hour. */
  Duration DEFAULT_TTL = Duration.ofHours(1);

  /**
   * Returns how long the answer to this call may be served, counted from when Bedrock gave it. With
   * zero, the answer is not cached. More than 366 days counts as 366 days.
   */
  Duration ttl(CallContext call);

  /**
   * Returns the largest fraction, 0 to 1, by which a TTL is randomly shortened, so that answers
   * made together do not expire together. Defaults to 0.1. A TTL is never lengthened.
   */
  default double jitter(CallContext call) {
    return 0.1;
  }

  /** Returns a policy that gives every answer the same TTL. */
  static TtlPolicy fixed(Duration ttl) {
    Duration checked = requireTtl("every call", ttl);
    return call -> checked;
  }

  /** Returns a policy by endpoint, with {@link #DEFAULT_TTL} for endpoints that are not named. */
  static TtlPolicy byEndpoint(Map<String, Duration> ttls) {
    return byEndpoint(ttls, DEFAULT_TTL);
  }

  /**
   * Returns a policy by endpoint.
   *
   * @param ttls the TTL of each endpoint's answers
   * @param otherwise the TTL for endpoints that are not named
   * @throws IllegalArgumentException if a TTL is negative or an endpoint's name is not valid
   */
  static TtlPolicy byEndpoint(Map<String, Duration> ttls, Duration otherwise) {
    Map<String, Duration> byEndpoint = Map.copyOf(ttls);
    byEndpoint.forEach(
        (endpoint, ttl) -> requireTtl("endpoint " + Names.require("endpoint", endpoint), ttl));
    Duration fallback = requireTtl("other endpoints", otherwise);
    return call -> byEndpoint.getOrDefault(call.endpoint(), fallback);
  }

  /**
   * Returns how long after its TTL an answer may still be served immediately while it is refreshed
   * in the background. Defaults to zero: expired answers are not served.
   *
   * <p>Do not use this on AWS Lambda: a background refresh is frozen there as soon as the caller
   * has its answer.
   */
  default Duration staleWhileRevalidate(CallContext call) {
    return Duration.ZERO;
  }

  /**
   * Returns how long after its TTL an answer may be served if Bedrock throttles, times out or fails
   * with a 5xx status, instead of that failure. Defaults to zero. Does not apply to streams,
   * because a stream may fail after half of it has been delivered.
   */
  default Duration staleIfError(CallContext call) {
    return Duration.ZERO;
  }

  /**
   * Returns this policy with another jitter.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  default TtlPolicy withJitter(double jitter) {
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter is " + jitter + ": choose from 0 to 1");
    }
    return DerivedTtlPolicy.of(this).jitter(jitter);
  }

  /** Returns this policy with the same {@link #staleWhileRevalidate} for every call. */
  default TtlPolicy withStaleWhileRevalidate(Duration time) {
    return DerivedTtlPolicy.of(this).staleWhileRevalidate(requireTtl("staleWhileRevalidate", time));
  }

  /** Returns this policy with the same {@link #staleIfError} for every call. */
  default TtlPolicy withStaleIfError(Duration time) {
    return DerivedTtlPolicy.of(this).staleIfError(requireTtl("staleIfError", time));
  }

  private static Duration requireTtl(String whose, Duration ttl) {
    Objects.requireNonNull(ttl, () -> "The ttl of " + whose + " is null");
    if (ttl.isNegative()) {
      throw new IllegalArgumentException(
          "The ttl of " + whose + " is " + ttl + ": choose zero (do not keep) or more");
    }
    return ttl;
  }
}
