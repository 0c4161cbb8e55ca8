package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.store.StoreQuery;
import com.gymcoach.bedrock.cache.spi.store.StoreRead;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Loads an answer for a caller and its followers: hot tier, warm tier, Bedrock. A stale answer is
 * served only if the policy allows it, and is marked as stale. Thread-safe.
 */
final class Loader {
  private final TimeSource time;
  private final @Nullable WarmTier warm;
  private final Fences fences;
  private final HotAnswers hot;
  private final AnswerForms forms;
  private final StoredAnswers stored;
  private final StaleAnswers stale;
  private final Verification verification;
  private final Admission admission;
  private final Revalidation revalidation;
  private final @Nullable HitVerifier verifier;

  Loader(
      Parts parts,
      HotAnswers hot,
      GuardedPolicies policies,
      Admission admission,
      @Nullable HitVerifier verifier) {
    this.verifier = verifier;
    this.time = parts.environment().time();
    this.warm = parts.tiers().warm();
    this.fences = parts.fences();
    this.hot = hot;
    this.forms = new AnswerForms(policies);
    this.stored = new StoredAnswers(parts, hot, forms);
    this.stale = new StaleAnswers(time, policies);
    this.verification = new Verification(parts);
    this.admission = admission;
    this.revalidation = new Revalidation(parts.environment(), parts.recorder());
  }

  /** Refreshes no more answers in the background. Callers are still answered. */
  void close() {
    revalidation.close();
  }

  /** Loads the answer from memory, the store or Bedrock. */
  <Q extends AwsRequest, R> CompletionStage<Loaded<R>> load(Exchange<Q, R> exchange, Fence fence) {
    HotEntry found = // a previous leader may have just stored it
        forms.inForm(
            exchange, hot.servable(exchange.lookup(), time.nanoTime(), time.epochMillis()));
    if (found != null) {
      return completed(hit(exchange, Found.inMemory(found)));
    }
    return loadBeyondMemory(exchange, fence, exchange.control().directive() == Directive.DEFAULT);
  }

  /**
   * Writes the loaded answer to the store, if it is still to be written. Waits for delivery first:
   * a slow store must not delay the caller's stream.
   */
  <Q extends AwsRequest, R> CompletionStage<Answer<R>> store(
      Exchange<Q, R> exchange, Loaded<R> loaded) {
    return exchange
        .origin()
        .bedrockCall()
        .delivered()
        .thenCompose(delivered -> admission.store(exchange, loaded));
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
        || isCurrent(exchange, underWay)
        || !isDue(fence, exchange, time.epochMillis())) {
      return completed(fence);
    }
    return readMarkers(exchange, fence, query -> tier.read(query, exchange.storeWait()))
        .thenApply(
            seen -> {
              if (seen.markers() == null && !mayServe(exchange, verification.unread(fence))) {
                fences.takeDown(fence);
              }
              return seen.fence().stands() ? seen.fence() : fenceOf(exchange);
            });
  }

  /** Returns whether a call under way began so lately that the markers it read are good enough. */
  boolean isCurrent(Exchange<?, ?> exchange, Duration underWay) {
    return warm == null
        || underWay.toNanos() < verification.delayNanos(exchange.address().endpoint());
  }

  /**
   * Returns what to ask the store for.
   *
   * @param isFresh whether memory has a fresh answer, so that only its markers must be read
   */
  StoreQuery query(Exchange<?, ?> exchange, boolean isFresh) {
    boolean withEntry =
        !isFresh
            && exchange.usesEntries()
            && exchange.control().directive() != Directive.REFRESH
            && !fences.unacknowledged().covers(exchange.address());
    return verification.query(exchange.address(), withEntry);
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> loadBeyondMemory(
      Exchange<Q, R> exchange, Fence fence, boolean mayBeStale) {
    long now = time.epochMillis();
    HotEntry held = forms.inForm(exchange, hot.fresh(exchange.lookup(), time.nanoTime(), now));
    boolean isFresh = held != null;
    if (held == null && mayBeStale) {
      held = forms.inForm(exchange, hot.stale(exchange.lookup()));
    }
    WarmTier tier = warm;
    if (tier == null || (held != null && !isFresh && !isDue(held.fence(), exchange, now))) {
      Found expired = held == null ? null : Found.inMemory(held);
      Loaded<R> served = whileRevalidating(exchange, expired);
      if (served != null) {
        return completed(served);
      }
      if (tier == null) {
        return call(exchange, Fences.Observation.withoutMarkers(fence), expired);
      }
    }
    Fence under = held == null ? fence : held.fence();
    Lookahead ahead = exchange.lookahead();
    Fences.Read reading = ahead == null ? fences.beginRead() : ahead.reading();
    CompletionStage<StoreRead> reads =
        ahead == null
            ? tier.read(query(exchange, isFresh), exchange.storeWait())
            : completed(ahead.read());
    HotEntry inHand = held;
    return reads.thenCompose(
        read -> {
          Fences.Observation seen = observe(exchange, under, read, reading);
          Found found = choose(exchange, tier, inHand, seen, read);
          if (found != null && found.lifetime().isFresh(time)) {
            return completed(hit(exchange, found));
          }
          return serveStaleOrCall(exchange, seen, read.entryUnread(), mayBeStale ? found : null);
        });
  }

  /**
   * Returns the answer in memory if it is fresh, otherwise the one in the store, otherwise the
   * stale one in memory; or null.
   */
  private <Q extends AwsRequest, R> @Nullable Found choose(
      Exchange<Q, R> exchange,
      WarmTier tier,
      @Nullable HotEntry held,
      Fences.Observation seen,
      StoreRead read) {
    Found found =
        held != null && mayServe(exchange, verification.of(held, seen))
            ? Found.inMemory(held)
            : null;
    if (found != null && found.lifetime().isFresh(time)) {
      return found;
    }
    Found inStore = stored.open(exchange, tier, seen, read.envelope());
    return inStore == null ? found : inStore;
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> serveStaleOrCall(
      Exchange<Q, R> exchange,
      Fences.Observation seen,
      boolean entryUnread,
      @Nullable Found expired) {
    Loaded<R> served = whileRevalidating(exchange, expired);
    if (served != null) {
      return completed(served);
    }
    if (seen.markers() == null) {
      seen.fence().noteBlindUse();
    }
    // If the entry could not be read, it may still exist: it is not written again.
    Fences.Observation under = entryUnread ? Fences.Observation.withoutMarkers(seen.fence()) : seen;
    return call(exchange, under, expired);
  }

  /**
   * Serves a stale answer and starts a refresh in the background. Returns null if the policy does
   * not allow it.
   */
  private <Q extends AwsRequest, R> @Nullable Loaded<R> whileRevalidating(
      Exchange<Q, R> exchange, @Nullable Found expired) {
    if (expired == null
        || !exchange.origin().bedrockCall().isRepeatable()
        || !stale.mayServeWhileRevalidating(exchange, expired)) {
      return null;
    }
    revalidation.begin(
        exchange,
        again ->
            loadBeyondMemory(again, fenceOf(again), false)
                .thenCompose(loaded -> store(again, loaded)));
    return staleHit(exchange, expired, CacheReason.STALE_WHILE_REVALIDATE);
  }

  /** Calls Bedrock, and decides whether its answer is kept. */
  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> call(
      Exchange<Q, R> exchange, Fences.Observation under, @Nullable Found expired) {
    if (exchange.control().directive() == Directive.ONLY_IF_CACHED) {
      CacheOutcome absent = exchange.explain(Outcome.miss(CacheReason.ONLY_IF_CACHED));
      return completed(Loaded.of(Answer.notKept(absent), null));
    }
    return exchange
        .origin()
        .call(exchange.explain(Outcome.miss(exchange.missReason())))
        .thenCompose(
            result -> {
              R response = result.valueOrNull();
              return response != null
                  ? completed(admission.keep(exchange, under, response))
                  : failed(exchange, result, expired);
            });
  }

  /**
   * Serves a stale answer if Bedrock has failed and the policy allows it. Otherwise returns the
   * failure.
   */
  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> failed(
      Exchange<Q, R> exchange, Result<R> result, @Nullable Found expired) {
    Loaded<R> failure = Loaded.of(new Answer<>(result, Answer.NOT_ANSWERED), null);
    exchange.rememberUnkept(Explanation.Cause.FAILED, null);
    if (expired == null || !stale.mayServeIfError(exchange, expired, result.failure())) {
      return completed(failure);
    }
    return stillServable(exchange, expired.entry())
        .thenApply(may -> may ? staleHit(exchange, expired, CacheReason.STALE_IF_ERROR) : failure);
  }

  /**
   * Returns whether a stale answer may still be served after a call has failed. Re-reads the
   * markers if they are older than the invalidation delay, because a call may take longer than that
   * to fail.
   */
  private <Q extends AwsRequest, R> CompletionStage<Boolean> stillServable(
      Exchange<Q, R> exchange, HotEntry entry) {
    WarmTier tier = warm;
    if (tier == null || !isDue(entry.fence(), exchange, time.epochMillis())) {
      return completed(entry.fence().stands());
    }
    return readMarkers(
            exchange, entry.fence(), query -> tier.readOvertime(query, exchange.storeWait()))
        .thenApply(seen -> mayServe(exchange, verification.of(entry, seen)));
  }

  private <Q extends AwsRequest, R> CompletionStage<Fences.Observation> readMarkers(
      Exchange<Q, R> exchange, Fence fence, Function<StoreQuery, CompletionStage<StoreRead>> read) {
    Fences.Read reading = fences.beginRead();
    return read.apply(verification.query(exchange.address(), false))
        .thenApply(seen -> observe(exchange, fence, seen, reading));
  }

  private <Q extends AwsRequest, R> Fences.Observation observe(
      Exchange<Q, R> exchange, Fence fence, StoreRead read, Fences.Read reading) {
    if (read.markers() == null) {
      exchange.log().fault(CacheFault.MARKERS_UNKNOWN);
    }
    String settings = read.settings();
    RolloutState.Live live = exchange.rollout().live();
    if (settings != null && live != null) {
      live.watch().seen(settings, reading.began());
    }
    return verification.observe(fence, read, reading);
  }

  private static <Q extends AwsRequest, R> boolean mayServe(
      Exchange<Q, R> exchange, Verification.Standing standing) {
    if (standing == Verification.Standing.UNVERIFIED) {
      exchange.log().fault(CacheFault.SERVED_UNVERIFIED);
    }
    return standing.mayServe();
  }

  private boolean isDue(Fence fence, Exchange<?, ?> exchange, long epochMillis) {
    return verification.isDue(fence, exchange.address().endpoint(), time.nanoTime(), epochMillis);
  }

  private <Q extends AwsRequest, R> Fence fenceOf(Exchange<Q, R> exchange) {
    return fences.of(exchange.address().partition(), exchange.address().endpoint());
  }

  private <Q extends AwsRequest, R> Loaded<R> hit(Exchange<Q, R> exchange, Found found) {
    if (verifier != null && exchange.isRepeatable() && verifier.picks(exchange.lookup())) {
      verifier.verify(exchange.context(), () -> exchange, found.entry());
    }
    return served(exchange, found, found.lifetime().hit(found.source(), time.epochMillis()));
  }

  private <Q extends AwsRequest, R> Loaded<R> staleHit(
      Exchange<Q, R> exchange, Found found, CacheReason why) {
    return served(exchange, found, found.lifetime().staleHit(time, found.source(), why));
  }

  private static <Q extends AwsRequest, R> Loaded<R> served(
      Exchange<Q, R> exchange, Found found, CacheOutcome outcome) {
    exchange.log().usage(found.entry().usage());
    Kept<?> kept = found.entry().answer();
    R response = exchange.operation().handOut(kept);
    Answer<R> answer = Answer.of(response, AnswerForms.outcome(kept, outcome));
    return new Loaded<>(answer, kept, found.entry().usage(), null);
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
