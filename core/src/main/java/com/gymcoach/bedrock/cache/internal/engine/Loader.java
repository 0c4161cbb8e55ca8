package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.fence.UnacknowledgedInvalidations;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.FailureKinds;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Loads an answer for a caller and its followers: hot tier, warm tier, Bedrock. A stale answer is
 * served only if the policy allows it, and is marked as stale.
 */
final class Loader {
  private final TimeSource time;
  private final Settings settings;
  private final GuardedPolicies policies;
  private final Fences fences;
  private final HotTier hot;
  private final @Nullable WarmTier warm;
  private final UnacknowledgedInvalidations unacknowledged;
  private final Admission admission;
  private final Revalidation revalidation;

  Loader(
      Settings settings,
      GuardedPolicies policies,
      Fences fences,
      HotTier hot,
      @Nullable WarmTier warm,
      UnacknowledgedInvalidations unacknowledged,
      Admission admission,
      Revalidation revalidation) {
    this.time = settings.time();
    this.settings = settings;
    this.policies = policies;
    this.fences = fences;
    this.hot = hot;
    this.warm = warm;
    this.unacknowledged = unacknowledged;
    this.admission = admission;
    this.revalidation = revalidation;
  }

  /** An answer that was found, and its source. */
  private record Found(HotEntry entry, CacheSource source) {
    Lifetime lifetime() {
      return entry.lifetime();
    }
  }

  /** Returns the answer in memory that may be served without reading the store, or null. */
  @Nullable HotEntry inMemory(Plan.Lookup plan, long epochMillis) {
    HotEntry entry = entry(plan, epochMillis);
    return entry == null || verificationDue(entry.fence(), plan, epochMillis) ? null : entry;
  }

  /** Loads the answer from memory, the store or Bedrock. */
  <Q extends AwsRequest, R> CompletionStage<Loaded<R>> ask(Exchange<Q, R> exchange, Fence fence) {
    HotEntry found =
        inMemory(
            exchange.lookup(), time.epochMillis()); // a previous leader may have just stored it
    if (found != null) {
      return CompletableFuture.completedFuture(hit(exchange, new Found(found, CacheSource.HOT)));
    }
    return askOthers(exchange, fence, exchange.control().directive() == Directive.DEFAULT);
  }

  /**
   * Returns the fence under which a call continues if another call for the same answer is under
   * way. That call read the markers when it began. If that read is older than {@code
   * invalidationDelay}, re-reads the markers: a late follower must not get an invalidated answer.
   */
  <Q extends AwsRequest, R> CompletionStage<Fence> mayJoin(
      Exchange<Q, R> exchange, Fence fence, Duration underWay) {
    WarmTier tier = warm;
    if (tier == null
        || underWay.toNanos() < delayNanos(exchange.lookup())
        || !verificationDue(fence, exchange.lookup(), time.epochMillis())) {
      return CompletableFuture.completedFuture(fence);
    }
    Duration timeout = exchange.timeout();
    return readMarkers(
            exchange, fence, query -> tier.read(query, exchange.waiting(), exchange.log(), timeout))
        .thenApply(
            seen -> {
              if (seen.markers() == null && !withinUnverified(exchange, fence)) {
                fences.takeDown(fence);
              }
              return seen.fence().stands()
                  ? seen.fence()
                  : fences.of(exchange.address().partition(), exchange.address().endpoint());
            });
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> askOthers(
      Exchange<Q, R> exchange, Fence fence, boolean mayBeStale) {
    long now = time.epochMillis();
    HotEntry held = entry(exchange.lookup(), now);
    boolean isGood = held != null;
    if (held == null && mayBeStale) {
      held = staleEntry(exchange.lookup());
    }
    WarmTier tier = warm;
    if (tier == null
        || (held != null && !isGood && !verificationDue(held.fence(), exchange.lookup(), now))) {
      Found stale = held == null ? null : new Found(held, CacheSource.HOT);
      Loaded<R> served = whileRevalidating(exchange, stale);
      if (served != null) {
        return CompletableFuture.completedFuture(served);
      }
      if (tier == null) {
        return call(exchange, fence, null, stale);
      }
    }
    Fence under = held == null ? fence : held.fence();
    boolean withEntry =
        !isGood
            && exchange.usesEntries()
            && exchange.control().directive() != Directive.REFRESH
            && !unacknowledged.stand(exchange.address());
    StoreQuery query =
        new StoreQuery(
            exchange.address(), withEntry, fences.namespaceDue(delayNanos(exchange.lookup())));
    Fences.Read reading = fences.beginRead();
    HotEntry inHand = held;
    return tier.read(query, exchange.waiting(), exchange.log(), exchange.timeout())
        .thenCompose(read -> decide(exchange, tier, inHand, under, read, reading, mayBeStale));
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> decide(
      Exchange<Q, R> exchange,
      WarmTier tier,
      @Nullable HotEntry held,
      Fence fence,
      StoreRead read,
      Fences.Read reading,
      boolean mayBeStale) {
    Fences.Observation seen = observe(exchange, fence, read, reading);
    Found found =
        held != null && mayServe(exchange, held, seen) ? new Found(held, CacheSource.HOT) : null;
    if (found == null || !found.lifetime().isFresh(time)) {
      Found stored = stored(exchange, tier, seen, read.envelope());
      found = stored == null ? found : stored;
    }
    if (found != null && found.lifetime().isFresh(time)) {
      return CompletableFuture.completedFuture(hit(exchange, found));
    }
    Found stale = mayBeStale ? found : null;
    Loaded<R> served = whileRevalidating(exchange, stale);
    if (served != null) {
      return CompletableFuture.completedFuture(served);
    }
    if (seen.markers() == null) {
      seen.fence().noteBlindUse();
    }
    // If the entry could not be read, it may still exist: it is not written again.
    Markers under = read.entryUnread() ? null : seen.markers();
    return call(exchange, seen.fence(), under, stale);
  }

  private <Q extends AwsRequest, R> Fences.Observation observe(
      Exchange<Q, R> exchange, Fence fence, StoreRead read, Fences.Read reading) {
    Markers markers = read.markers();
    if (markers == null) {
      exchange.log().fault(CacheFault.MARKERS_UNKNOWN);
      return new Fences.Observation(fence, null, false);
    }
    return fences.observe(fence, markers, reading);
  }

  /**
   * Returns whether an entry in memory was made under the markers in force. If the markers are
   * unknown, it may be served for up to {@code maxUnverified}.
   */
  private <Q extends AwsRequest, R> boolean mayServe(
      Exchange<Q, R> exchange, HotEntry entry, Fences.Observation seen) {
    if (!entry.fence().stands()) {
      return false;
    }
    return seen.markers() != null ? !seen.changed() : withinUnverified(exchange, entry.fence());
  }

  /** Returns whether an answer may still be served although its markers cannot be read. */
  private <Q extends AwsRequest, R> boolean withinUnverified(Exchange<Q, R> exchange, Fence fence) {
    boolean within = settings.mayGoUnverified(fence);
    if (within) {
      exchange.log().fault(CacheFault.SERVED_UNVERIFIED);
    }
    return within;
  }

  /**
   * Returns the warm tier's answer, fresh or stale, and puts it into memory. Returns null if there
   * is none.
   */
  private <Q extends AwsRequest, R> @Nullable Found stored(
      Exchange<Q, R> exchange, WarmTier tier, Fences.Observation seen, byte @Nullable [] bytes) {
    Markers inForce = seen.markers();
    if (bytes == null || inForce == null) {
      return null;
    }
    try {
      Envelope envelope = tier.open(exchange.address(), bytes, exchange.log());
      if (envelope == null
          || unacknowledged.outdate(envelope.created())
          || !fences.admits(envelope.markers(), inForce)) {
        return null;
      }
      CacheableOperation<Q, R> operation = exchange.operation();
      if (envelope.codec() != operation.codecId()) {
        exchange.log().fault(CacheFault.ENTRY_UNREADABLE);
        return null;
      }
      if (Lifetime.isFromTheFuture(time, envelope.created())) {
        exchange.log().fault(CacheFault.CLOCK_SKEW);
        return null;
      }
      Lifetime lifetime =
          Lifetime.resumed(time, envelope.created(), envelope.expires(), envelope.retainUntil());
      if (!lifetime.isRetained(time) || tooOld(lifetime, exchange.lookup())) {
        return null;
      }
      Kept<R> answer = operation.kept(operation.decode(envelope.payload()));
      TokenUsage usage = envelope.usage();
      double usd =
          StatsRecorder.usd(
              settings.priceList(), exchange.context(), operation, answer.response(), usage);
      HotEntry entry = new HotEntry(answer, lifetime, seen.fence(), usage, usd);
      if (exchange.control().directive() != Directive.NO_STORE) {
        hot.promote(exchange.address(), entry);
      }
      return new Found(entry, CacheSource.WARM);
    } catch (IOException | RuntimeException | Error unreadable) {
      exchange.log().fault(CacheFault.ENTRY_UNREADABLE, unreadable);
      return null;
    }
  }

  /**
   * Serves a stale answer and starts a refresh in the background. Returns null if the policy does
   * not allow it.
   */
  private <Q extends AwsRequest, R> @Nullable Loaded<R> whileRevalidating(
      Exchange<Q, R> exchange, @Nullable Found stale) {
    if (stale == null
        || !isWithin(policies.staleWhileRevalidate(exchange.context(), exchange.log()), stale)) {
      return null;
    }
    Exchange<Q, R> again = exchange.again(time);
    revalidation.begin(
        again,
        () -> {
          Fence now = fences.of(exchange.address().partition(), exchange.address().endpoint());
          return askOthers(again, now, false).thenCompose(Loaded::afterwards);
        });
    return stale(exchange, stale, CacheReason.STALE_WHILE_REVALIDATE);
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> call(
      Exchange<Q, R> exchange, Fence fence, @Nullable Markers markers, @Nullable Found stale) {
    if (exchange.control().directive() == Directive.ONLY_IF_CACHED) {
      return CompletableFuture.completedFuture(
          Loaded.of(Answer.notKept(Outcome.miss(CacheReason.ONLY_IF_CACHED)), null));
    }
    CacheOutcome why =
        Outcome.miss(
            exchange.control().directive() == Directive.REFRESH
                ? CacheReason.REFRESH_REQUESTED
                : CacheReason.ABSENT);
    return exchange
        .origin()
        .call(why)
        .thenCompose(
            result -> {
              R response = result.valueOrNull();
              return response != null
                  ? CompletableFuture.completedFuture(
                      admission.keep(exchange, fence, markers, response))
                  : failed(exchange, result, stale);
            });
  }

  /**
   * Serves a stale answer if Bedrock has failed and the policy allows it. Otherwise returns the
   * failure.
   */
  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> failed(
      Exchange<Q, R> exchange, Result<R> result, @Nullable Found stale) {
    Loaded<R> failure = Loaded.of(new Answer<>(result, Answer.NOT_ANSWERED), null);
    if (stale == null || !mayStandIn(stale, result.failure(), exchange)) {
      return CompletableFuture.completedFuture(failure);
    }
    return stillServable(exchange, stale.entry())
        .thenApply(may -> may ? stale(exchange, stale, CacheReason.STALE_IF_ERROR) : failure);
  }

  private <Q extends AwsRequest, R> boolean mayStandIn(
      Found stale, @Nullable Throwable failure, Exchange<Q, R> exchange) {
    return failure != null
        && !exchange.operation().isStream()
        && FailureKinds.isServiceTrouble(failure)
        && isWithin(policies.staleIfError(exchange.context(), exchange.log()), stale);
  }

  /**
   * Returns whether a stale answer may still be served after a call has failed. Re-reads the
   * markers if they are older than the invalidation delay, because a call may take longer than that
   * to fail.
   */
  private <Q extends AwsRequest, R> CompletionStage<Boolean> stillServable(
      Exchange<Q, R> exchange, HotEntry entry) {
    WarmTier tier = warm;
    if (tier == null || !verificationDue(entry.fence(), exchange.lookup(), time.epochMillis())) {
      return CompletableFuture.completedFuture(entry.fence().stands());
    }
    return readMarkers(
            exchange,
            entry.fence(),
            query -> tier.readOvertime(query, exchange.waiting(), exchange.log()))
        .thenApply(seen -> mayServe(exchange, entry, seen));
  }

  private <Q extends AwsRequest, R> CompletionStage<Fences.Observation> readMarkers(
      Exchange<Q, R> exchange, Fence fence, Function<StoreQuery, CompletionStage<StoreRead>> read) {
    StoreQuery markers =
        new StoreQuery(
            exchange.address(), false, fences.namespaceDue(delayNanos(exchange.lookup())));
    Fences.Read reading = fences.beginRead();
    return read.apply(markers).thenApply(seen -> observe(exchange, fence, seen, reading));
  }

  private boolean isWithin(Duration window, Found stale) {
    return !window.isZero()
        && stale.lifetime().isRetained(time)
        && stale.lifetime().staleness(time).compareTo(window) < 0;
  }

  private <Q extends AwsRequest, R> Loaded<R> hit(Exchange<Q, R> exchange, Found found) {
    return reply(exchange, found, found.lifetime().hit(found.source(), time.epochMillis()));
  }

  private <Q extends AwsRequest, R> Loaded<R> stale(
      Exchange<Q, R> exchange, Found found, CacheReason why) {
    return reply(exchange, found, found.lifetime().staleHit(time, found.source(), why));
  }

  private <Q extends AwsRequest, R> Loaded<R> reply(
      Exchange<Q, R> exchange, Found found, CacheOutcome outcome) {
    exchange.log().usage(found.entry().usage());
    Kept<?> kept = found.entry().answer();
    R response = exchange.operation().handOut(kept);
    return new Loaded<>(Answer.of(response, outcome), kept, found.entry().usage(), null);
  }

  private @Nullable HotEntry entry(Plan.Lookup plan, long epochMillis) {
    if (plan.control().directive() == Directive.REFRESH) {
      return null;
    }
    HotEntry entry = hot.get(plan.address(), epochMillis);
    return entry == null || tooOld(entry.lifetime(), plan) ? null : entry;
  }

  private @Nullable HotEntry staleEntry(Plan.Lookup plan) {
    HotEntry entry = hot.getStale(plan.address());
    return entry == null || tooOld(entry.lifetime(), plan) ? null : entry;
  }

  private boolean tooOld(Lifetime lifetime, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return limit != null && lifetime.age(time).compareTo(limit) > 0;
  }

  private boolean verificationDue(Fence fence, Plan.Lookup plan, long epochMillis) {
    return warm != null && settings.verificationDue(fence, plan.context().endpoint(), epochMillis);
  }

  private long delayNanos(Plan.Lookup plan) {
    return settings.invalidationDelay(plan.context().endpoint()).toNanos();
  }
}
