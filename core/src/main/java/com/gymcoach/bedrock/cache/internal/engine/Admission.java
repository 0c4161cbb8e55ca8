package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.internal.wire.Payload;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.Marker;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** Decides whether Bedrock's answer is kept, and stores it if so. */
final class Admission {
  private final TimeSource time;
  private final GuardedPolicies policies;
  private final PriceList prices;
  private final HotTier hot;
  private final @Nullable WarmTier warm;

  Admission(Parts parts, GuardedPolicies policies) {
    this.time = parts.environment().time();
    this.prices = parts.settings().policies().prices();
    this.policies = policies;
    this.hot = parts.tiers().hot();
    this.warm = parts.tiers().warm();
  }

  /**
   * Handles an answer that Bedrock has just given.
   *
   * @param under the fence and markers under which the call was made; if the markers are unknown,
   *     nothing is written to the warm tier
   */
  <Q extends AwsRequest, R> Loaded<R> keep(
      Exchange<Q, R> exchange, Fences.Observation under, R response) {
    try {
      TokenUsage usage = exchange.operation().usage(response);
      exchange.log().usage(usage);
      Duration ttl = policies.ttl(exchange.context(), exchange.log());
      CacheReason refusal = refusal(exchange, response, ttl);
      if (refusal != null) {
        return notKept(exchange, response, refusal, usage);
      }
      Lifetime lifetime =
          Lifetime.from(time, ttl, policies.retention(exchange.context(), exchange.log()));
      return admit(exchange, under, response, lifetime, usage);
    } catch (Throwable broken) {
      exchange.log().fault(CacheFault.ENCODE_FAILED, broken);
      return notKept(exchange, response, CacheReason.ENCODE_FAILED, null);
    }
  }

  /** Handles an answer that cannot be taken apart, although its parts were to be kept. */
  <Q extends AwsRequest, R> Loaded<R> keepNothing(Exchange<Q, R> exchange, R response) {
    try {
      TokenUsage usage = exchange.operation().usage(response);
      exchange.log().usage(usage);
      CacheReason refusal =
          exchange.operation().admission(exchange.request(), response, exchange.optIns());
      return notKept(
          exchange, response, refusal == null ? CacheReason.UNKNOWN_CONTENT : refusal, usage);
    } catch (Throwable broken) {
      exchange.log().fault(CacheFault.ENCODE_FAILED, broken);
      return notKept(exchange, response, CacheReason.ENCODE_FAILED, null);
    }
  }

  /** Returns why an answer must not be kept, or null if it may be. */
  <Q extends AwsRequest, R> @Nullable CacheReason refusal(
      Exchange<Q, R> exchange, R response, Duration ttl) {
    if (exchange.control().directive() == Directive.NO_STORE) {
      return CacheReason.NO_STORE_REQUESTED;
    }
    CacheReason refusal =
        exchange.operation().admission(exchange.request(), response, exchange.optIns());
    if (refusal != null) {
      return refusal;
    }
    if (!policies.mayKeep(
        exchange.context(), exchange.operation().head(response), exchange.log())) {
      return CacheReason.POLICY_RESPONSE;
    }
    return ttl.isZero() ? CacheReason.ZERO_TTL : null;
  }

  private <Q extends AwsRequest, R> Loaded<R> admit(
      Exchange<Q, R> exchange,
      Fences.Observation under,
      R response,
      Lifetime lifetime,
      @Nullable TokenUsage usage)
      throws Exception {
    Fence fence = under.fence();
    Markers markers = under.markers();
    CacheableOperation<Q, R> operation = exchange.operation();
    WarmTier tier = exchange.usesEntries() ? warm : null;
    Kept<R> held = operation.keep(response);
    Payload payload = tier == null || markers == null ? null : operation.encode(held.response());
    if (!fence.stands()) {
      return notKept(exchange, response, CacheReason.INVALIDATED_MEANWHILE, usage);
    }
    exchange.rememberKept(lifetime, fence, true); // first: it may be evicted at once
    boolean isHot =
        hot.put(
            exchange.address(),
            new HotEntry(
                held,
                lifetime,
                fence,
                usage,
                StatsRecorder.usd(prices, exchange.context(), operation, response, usage)));
    CacheReason why = exchange.missReason();
    Duration left = lifetime.remaining(time);
    Answer<R> kept = Answer.of(response, Outcome.miss(why, isHot, false, left));
    if (!isHot && fence.stands()) {
      rememberTooLarge(exchange, lifetime, fence, payload != null);
    }
    if (tier == null || markers == null || payload == null) {
      return new Loaded<>(kept, held, usage, null);
    }
    Envelope envelope =
        new Envelope(
            operation.codecId(),
            exchange.context().modelId(),
            lifetime.created(),
            lifetime.expires(),
            lifetime.retainUntil(),
            markers,
            usage,
            payload);
    Answer<R> stored = Answer.of(response, Outcome.miss(why, isHot, true, left));
    return new Loaded<>(
        kept, held, usage, new Loaded.StoreWrite<>(envelope, lifetime, fence, stored));
  }

  private static void rememberTooLarge(
      Exchange<?, ?> exchange, Lifetime lifetime, Fence fence, boolean inStore) {
    if (inStore) {
      exchange.rememberKept(lifetime, fence, false);
    } else {
      exchange.rememberUnkept(Explanation.Cause.NO_ROOM, null);
    }
  }

  /**
   * Writes an answer to the store, if it is still to be written. The stage completes with the
   * answer as it is then.
   */
  <Q extends AwsRequest, R> CompletionStage<Answer<R>> store(
      Exchange<Q, R> exchange, Loaded<R> loaded) {
    Loaded.StoreWrite<R> write = loaded.write();
    WarmTier tier = warm;
    WarmTier.Write sealed = tier == null ? null : sealed(tier, exchange, loaded);
    if (tier == null || write == null || sealed == null) {
      return CompletableFuture.completedFuture(loaded.answer());
    }
    return tier.write(sealed.address(), sealed.envelope(), sealed.lifetime(), exchange.storeWait())
        .thenApply(written -> written ? write.stored() : loaded.answer());
  }

  /** Returns an answer's entry, ready to be written, or null if none is to be written. */
  <Q extends AwsRequest, R> WarmTier.@Nullable Write sealed(
      WarmTier tier, Exchange<Q, R> exchange, Loaded<R> loaded) {
    Loaded.StoreWrite<R> write = loaded.write();
    byte[] bytes =
        write == null || !write.fence().stands()
            ? null
            : tier.seal(exchange.address(), write.envelope(), exchange.log());
    return write == null || bytes == null
        ? null
        : new WarmTier.Write(exchange.address(), bytes, write.lifetime());
  }

  /** Returns the size of an answer's entry in the store, or 0 if it would have none. */
  <Q extends AwsRequest, R> int storedBytes(Exchange<Q, R> exchange, R response) {
    WarmTier tier = warm;
    if (tier == null) {
      return 0;
    }
    try {
      CacheableOperation<Q, R> operation = exchange.operation();
      Instant now = time.now();
      Envelope envelope =
          new Envelope(
              operation.codecId(),
              exchange.context().modelId(),
              now,
              now,
              now,
              new Markers(Marker.NONE, Marker.NONE, Marker.NONE),
              operation.usage(response),
              operation.encode(response));
      byte[] bytes = tier.seal(exchange.address(), envelope, exchange.log());
      return bytes == null ? 0 : bytes.length;
    } catch (Exception unwritable) {
      exchange.log().fault(CacheFault.ENCODE_FAILED, unwritable);
      return 0;
    }
  }

  private static <R> Loaded<R> notKept(
      Exchange<?, R> exchange, R response, CacheReason why, @Nullable TokenUsage usage) {
    exchange.rememberUnkept(Explanation.Cause.REFUSED, why);
    return Loaded.of(Answer.of(response, Outcome.miss(why)), usage);
  }
}
