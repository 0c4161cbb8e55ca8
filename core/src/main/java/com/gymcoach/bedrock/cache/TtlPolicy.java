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

  /** Returns this policy with another jitter. */
  default TtlPolicy withJitter(double jitter) {
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter is " + jitter + ": choose from 0 to 1");
    }
    TtlPolicy policy = this;
    return new TtlPolicy() {
      @Override
      public Duration ttl(CallContext call) {
        return policy.ttl(call);
      }

      @Override
      public double jitter(CallContext call) {
        return jitter;
      }
    };
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
