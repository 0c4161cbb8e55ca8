package com.gymcoach.bedrock.cache;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A policy that overrides the non-null values of another one. */
record DerivedTtlPolicy(
    TtlPolicy policy,
    @Nullable Double jitter,
    @Nullable Duration staleWhileRevalidate,
    @Nullable Duration staleIfError)
    implements TtlPolicy {

  static DerivedTtlPolicy of(TtlPolicy policy) {
    return policy instanceof DerivedTtlPolicy derived
        ? derived
        : new DerivedTtlPolicy(policy, null, null, null);
  }

  DerivedTtlPolicy jitter(double other) {
    return new DerivedTtlPolicy(policy, other, staleWhileRevalidate, staleIfError);
  }

  DerivedTtlPolicy staleWhileRevalidate(Duration other) {
    return new DerivedTtlPolicy(policy, jitter, other, staleIfError);
  }

  DerivedTtlPolicy staleIfError(Duration other) {
    return new DerivedTtlPolicy(policy, jitter, staleWhileRevalidate, other);
  }

  @Override
  public Duration ttl(CallContext call) {
    return policy.ttl(call);
  }

  @Override
  public double jitter(CallContext call) {
    return jitter == null ? policy.jitter(call) : jitter;
  }

  @Override
  public Duration staleWhileRevalidate(CallContext call) {
    return staleWhileRevalidate == null ? policy.staleWhileRevalidate(call) : staleWhileRevalidate;
  }

  @Override
  public Duration staleIfError(CallContext call) {
    return staleIfError == null ? policy.staleIfError(call) : staleIfError;
  }
}
