package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
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
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** Decides whether Bedrock's answer is kept, and stores it if so. */
final class Admission {
  private final TimeSource time;
  private final GuardedPolicies policies;
  private final PriceList prices;
  private final HotTier hot;
  private final @Nullable WarmTier warm;

  Admission(Settings settings, GuardedPolicies policies, HotTier hot, @Nullable WarmTier warm) {
    this.time = settings.time();
    this.prices = settings.priceList();
    this.policies = policies;
    this.hot = hot;
    this.warm = warm;
  }

  /**
   * Handles an answer that Bedrock has just given.
   *
   * @param fence the fence under which the call was made
   * @param markers the markers read before the call, or null if unknown: then nothing is written to
   *     the warm tier
   */
  <Q extends AwsRequest, R> Loaded<R> keep(
      Exchange<Q, R> exchange, Fence fence, @Nullable Markers markers, R response) {
    try {
      TokenUsage usage = exchange.operation().usage(response);
      exchange.log().usage(usage);
      Duration ttl = policies.ttl(exchange.context(), exchange.log());
      CacheReason refusal = refusal(exchange, response, ttl);
      if (refusal != null) {
        return notKept(response, refusal, usage);
      }
      Lifetime lifetime =
          Lifetime.from(time, ttl, policies.retention(exchange.context(), exchange.log()));
      return store(exchange, fence, markers, response, lifetime, usage);
    } catch (Throwable broken) {
      exchange.log().fault(CacheFault.ENCODE_FAILED, broken);
      return notKept(response, CacheReason.ENCODE_FAILED, null);
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

  private <Q extends AwsRequest, R> Loaded<R> store(
      Exchange<Q, R> exchange,
      Fence fence,
      @Nullable Markers markers,
      R response,
      Lifetime lifetime,
      @Nullable TokenUsage usage)
      throws Exception {
    CacheableOperation<Q, R> operation = exchange.operation();
    WarmTier tier = exchange.usesEntries() ? warm : null;
    Kept<R> held = operation.keep(response);
    Payload payload = tier == null || markers == null ? null : operation.encode(held.response());
    if (!fence.stands()) {
      return notKept(response, CacheReason.INVALIDATED_MEANWHILE, usage);
    }
    boolean isHot =
        hot.put(
            exchange.address(),
            new HotEntry(
                held,
                lifetime,
                fence,
                usage,
                StatsRecorder.usd(prices, exchange.context(), operation, response, usage)));
    CacheReason why =
        exchange.control().directive() == Directive.REFRESH
            ? CacheReason.REFRESH_REQUESTED
            : CacheReason.ABSENT;
    Duration left = lifetime.remaining(time);
    Answer<R> kept = Answer.of(response, Outcome.miss(why, isHot, false, left));
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
    return new Loaded<>(
        kept,
        held,
        usage,
        () -> {
          byte[] bytes =
              fence.stands() ? tier.seal(exchange.address(), envelope, exchange.log()) : null;
          return bytes == null
              ? CompletableFuture.completedFuture(kept)
              : tier.write(
                      exchange.address(),
                      bytes,
                      lifetime,
                      exchange.waiting(),
                      exchange.log(),
                      exchange.timeout())
                  .thenApply(
                      written ->
                          written
                              ? Answer.of(response, Outcome.miss(why, isHot, true, left))
                              : kept);
        });
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

  private static <R> Loaded<R> notKept(R response, CacheReason why, @Nullable TokenUsage usage) {
    return Loaded.of(Answer.of(response, Outcome.miss(why)), usage);
  }
}
