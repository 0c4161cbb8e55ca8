package com.gymcoach.bedrock.cache;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * How long an answer is good for, by endpoint, model and operation. Must be safe for use by many
 * threads.
 */
@FunctionalInterface
public interface TtlPolicy {

  /** What is good for an hour: the life where nothing else is said. */
  Duration DEFAULT_TTL = Duration.ofHours(1);

  /**
   * Returns how long an answer to this call may be served from the time that it was made. Zero
   * means: do not keep it. More than 366 days counts as 366 days.
   */
  Duration ttl(CallContext call);

  /**
   * Returns by which part of itself a life may be shortened at random, 0 to 1, so that what was
   * made together does not expire together. By default a tenth. It never lengthens a life.
   */
  default double jitter(CallContext call) {
    return 0.1;
  }

  /** Returns a policy that gives every answer the same life. */
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
   * @param ttls the life of each endpoint's answers
   * @param otherwise the life for endpoints that are not named
   * @throws IllegalArgumentException if a life is negative or an endpoint's name is not one
   */
  static TtlPolicy byEndpoint(Map<String, Duration> ttls, Duration otherwise) {
    Map<String, Duration> byEndpoint = Map.copyOf(ttls);
    byEndpoint.forEach(
        (endpoint, ttl) -> requireTtl("endpoint " + Names.require("endpoint", endpoint), ttl));
    Duration fallback = requireTtl("other endpoints", otherwise);
    return call -> byEndpoint.getOrDefault(call.endpoint(), fallback);
  }

  /**
   * Returns for how long after its life an answer may still be served at once, while it is asked
   * for anew behind the caller's back. By default zero: what has expired is not served.
   *
   * <p>Not for Lambda: what runs behind a caller's back is frozen there when the caller has its
   * answer.
   */
  default Duration staleWhileRevalidate(CallContext call) {
    return Duration.ZERO;
  }

  /**
   * Returns for how long after its life an answer may be served where Bedrock throttles, times out
   * or fails with a status of 5xx, instead of that failure. By default zero. Streams are not served
   * so: their failure may come when half has been delivered.
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
