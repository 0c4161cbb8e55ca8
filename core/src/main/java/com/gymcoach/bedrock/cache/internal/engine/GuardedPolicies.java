package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CachePolicy;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.TtlPolicy;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.sdk.BothForms;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.sdk.TextBatch;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;

/** Calls the service's policies. An exception counts as "no" or zero and is recorded as a fault. */
final class GuardedPolicies {
  private final CachePolicy policy;

  /** Whether the policy is the one whose answers never change, so that no call has to ask it. */
  private final boolean standard;

  private final TtlPolicy ttlPolicy;
  private final RandomGenerator random;

  GuardedPolicies(Settings.Policies policies, RandomGenerator random) {
    this.policy = policies.admission();
    this.standard = policy == CachePolicy.standard();
    this.ttlPolicy = policies.ttl();
    this.random = random;
  }

  OptIns optIns(CallContext call, SdkRequest request, CallRecord log) {
    if (standard) {
      return OptIns.NONE;
    }
    return OptIns.of(
            ask(log, () -> policy.cacheToolUse(call)),
            ask(log, () -> policy.cacheVolatileReferences(call)),
            ask(log, () -> policy.cacheUnknownModels(call)))
        .withBothForms(BothForms.mayServe(request) && ask(log, () -> policy.serveBothForms(call)))
        .withEmbeddingsByText(
            TextBatch.isPossible(request) && ask(log, () -> policy.cacheEmbeddingsByText(call)));
  }

  boolean mayServe(CallContext call, SdkRequest request, CallRecord log) {
    return standard || ask(log, () -> policy.mayServe(call, request));
  }

  boolean mayKeep(CallContext call, SdkResponse response, CallRecord log) {
    return ask(log, () -> policy.mayKeep(call, response));
  }

  /**
   * Returns the TTL of an answer made now, shortened by random jitter. Zero means that it is not
   * kept.
   */
  Duration ttl(CallContext call, CallRecord log) {
    return ask(
        log,
        Duration.ZERO,
        () -> {
          Duration ttl = Lifetime.bounded(ttlPolicy.ttl(call));
          double jitter = Math.min(1, Math.max(0, ttlPolicy.jitter(call)));
          long shorter = (long) (ttl.toMillis() * jitter * random.nextDouble());
          Duration left = ttl.minusMillis(shorter);
          return left.isNegative() ? Duration.ZERO : left;
        });
  }

  /** Returns how long an expired answer may be served while it is refreshed. */
  Duration staleWhileRevalidate(CallContext call, CallRecord log) {
    return window(ttlPolicy::staleWhileRevalidate, call, log);
  }

  /** Returns how long an expired answer may be served if Bedrock fails. */
  Duration staleIfError(CallContext call, CallRecord log) {
    return window(ttlPolicy::staleIfError, call, log);
  }

  /**
   * Returns how long an answer made now is kept after it expires: the longer of the two stale
   * windows.
   */
  Duration retention(CallContext call, CallRecord log) {
    Duration one = staleWhileRevalidate(call, log);
    Duration other = staleIfError(call, log);
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Duration window(
      Function<CallContext, Duration> policy, CallContext call, CallRecord log) {
    return ask(
        log,
        Duration.ZERO,
        () -> {
          Duration window = Lifetime.bounded(policy.apply(call));
          return window.isNegative() ? Duration.ZERO : window;
        });
  }

  private static boolean ask(CallRecord log, Supplier<Boolean> question) {
    return ask(log, Boolean.FALSE, question);
  }

  private static <T> T ask(CallRecord log, T otherwise, Supplier<T> question) {
    log.serviceCodeBegins();
    try {
      return question.get();
    } catch (Throwable thrown) { // callbacks in other JVM languages can throw any Throwable
      log.fault(CacheFault.CALLBACK_FAILED, thrown);
      return otherwise;
    } finally {
      log.serviceCodeEnds();
    }
  }
}
