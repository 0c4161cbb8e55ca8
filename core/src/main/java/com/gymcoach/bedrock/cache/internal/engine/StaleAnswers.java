package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.internal.sdk.FailureKinds;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** Decides by the service's policy whether an expired answer may be served. Thread-safe. */
final class StaleAnswers {
  private final TimeSource time;
  private final GuardedPolicies policies;

  StaleAnswers(TimeSource time, GuardedPolicies policies) {
    this.time = time;
    this.policies = policies;
  }

  /** Returns whether the answer may be served while it is refreshed. */
  <Q extends AwsRequest, R> boolean mayServeWhileRevalidating(
      Exchange<Q, R> exchange, Found stale) {
    return isWithin(policies.staleWhileRevalidate(exchange.context(), exchange.log()), stale);
  }

  /** Returns whether the answer may be served in place of a failure. */
  <Q extends AwsRequest, R> boolean mayServeIfError(
      Exchange<Q, R> exchange, Found stale, @Nullable Throwable failure) {
    return failure != null
        && !exchange.operation().isStream()
        && FailureKinds.isServiceTrouble(failure)
        && isWithin(policies.staleIfError(exchange.context(), exchange.log()), stale);
  }

  private boolean isWithin(Duration window, Found stale) {
    return !window.isZero()
        && stale.lifetime().isRetained(time)
        && stale.lifetime().staleness(time).compareTo(window) < 0;
  }
}
