package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.FailureKinds;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.Lifetime;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.StoreQuery;
import com.gymcoach.bedrock.cache.spi.StoreRead;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Asks for an answer on behalf of all who want it: hot tier, warm tier, Bedrock. What is past its
 * life is served only where the policy says so, and marked.
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

  /** An answer that was found, and what it was found under. */
  private record Found(HotEntry entry, CacheSource source) {
    Lifetime lifetime() {
      return entry.lifetime();
    }
  }

  /** Returns the answer that is in memory and may be served without asking anybody, or null. */
  @Nullable HotEntry inMemory(Plan.Lookup plan, long epochMillis) {
    HotEntry entry = entry(plan, epochMillis);
    return entry == null || verificationDue(entry.fence(), plan, epochMillis) ? null : entry;
  }

  /** Asks. */
  <Q extends AwsRequest, R> CompletionStage<Loaded<R>> ask(
      Step<Q, R> step, Plan.Lookup plan, Fence fence) {
    HotEntry found =
        inMemory(plan, time.epochMillis()); // who led before may have put it there just now
    if (found != null) {
      return CompletableFuture.completedFuture(hit(step, new Found(found, CacheSource.HOT)));
    }
    return askOthers(step, plan, fence, plan.control().directive() == Directive.DEFAULT);
  }

  /**
   * Returns the fence under which a call goes on that finds another of its kind under way. That one
   * read the markers, and asked, when it began. Was that longer ago than an invalidation elsewhere
   * may go unnoticed, they are read again: who comes late must not be given what is gone by then.
   */
  <Q extends AwsRequest, R> CompletionStage<Fence> mayJoin(
      Step<Q, R> step, Plan.Lookup plan, Fence fence, Duration underWay) {
    WarmTier tier = warm;
    if (tier == null
        || underWay.toNanos() < delayNanos(plan)
        || !verificationDue(fence, plan, time.epochMillis())) {
      return CompletableFuture.completedFuture(fence);
    }
    Duration timeout = step.call().timeout();
    return readMarkers(
            step, plan, fence, query -> tier.read(query, step.waiting(), step.log(), timeout))
        .thenApply(
            seen -> {
              if (seen.markers() == null && !withinUnverified(step, fence)) {
                fences.takeDown(fence);
              }
              return seen.fence().stands()
                  ? seen.fence()
                  : fences.of(plan.address().partition(), plan.address().endpoint());
            });
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> askOthers(
      Step<Q, R> step, Plan.Lookup plan, Fence fence, boolean mayBeStale) {
    long now = time.epochMillis();
    HotEntry held = entry(plan, now);
    boolean isGood = held != null;
    if (held == null && mayBeStale) {
      held = staleEntry(plan);
    }
    WarmTier tier = warm;
    if (tier == null || (held != null && !isGood && !verificationDue(held.fence(), plan, now))) {
      Found stale = held == null ? null : new Found(held, CacheSource.HOT);
      Loaded<R> served = whileRevalidating(step, plan, stale);
      if (served != null) {
        return CompletableFuture.completedFuture(served);
      }
      if (tier == null) {
        return call(step, plan, fence, null, stale);
      }
    }
    Fence under = held == null ? fence : held.fence();
    boolean withEntry =
        !isGood
            && step.usesEntries()
            && plan.control().directive() != Directive.REFRESH
            && !unacknowledged.stand(plan.address());
    StoreQuery query =
        new StoreQuery(plan.address(), withEntry, fences.namespaceDue(delayNanos(plan)));
    Fences.Read reading = fences.beginRead();
    HotEntry inHand = held;
    return tier.read(query, step.waiting(), step.log(), step.call().timeout())
        .thenCompose(read -> decide(step, plan, tier, inHand, under, read, reading, mayBeStale));
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> decide(
      Step<Q, R> step,
      Plan.Lookup plan,
      WarmTier tier,
      @Nullable HotEntry held,
      Fence fence,
      StoreRead read,
      Fences.Read reading,
      boolean mayBeStale) {
    Fences.Observation seen = observe(step, fence, read, reading);
    Found found =
        held != null && mayServe(step, held, seen) ? new Found(held, CacheSource.HOT) : null;
    if (found == null || !found.lifetime().isFresh(time)) {
      Found stored = stored(step, plan, tier, seen, read.envelope());
      found = stored == null ? found : stored;
    }
    if (found != null && found.lifetime().isFresh(time)) {
      return CompletableFuture.completedFuture(hit(step, found));
    }
    Found stale = mayBeStale ? found : null;
    Loaded<R> served = whileRevalidating(step, plan, stale);
    if (served != null) {
      return CompletableFuture.completedFuture(served);
    }
    if (seen.markers() == null) {
      seen.fence().noteBlindUse();
    }
    // An entry that could not be read may be there: it is not written again.
    Markers under = read.entryUnread() ? null : seen.markers();
    return call(step, plan, seen.fence(), under, stale);
  }

  private <Q extends AwsRequest, R> Fences.Observation observe(
      Step<Q, R> step, Fence fence, StoreRead read, Fences.Read reading) {
    Markers markers = read.markers();
    if (markers == null) {
      step.log().fault(CacheFault.MARKERS_UNKNOWN);
      return new Fences.Observation(fence, null, false);
    }
    return fences.observe(fence, markers, reading);
  }

  /** Returns whether what is in memory was made under what is in force, as far as one can tell. */
  private <Q extends AwsRequest, R> boolean mayServe(
      Step<Q, R> step, HotEntry entry, Fences.Observation seen) {
    if (!entry.fence().stands()) {
      return false;
    }
    return seen.markers() != null ? !seen.changed() : withinUnverified(step, entry.fence());
  }

  /** Returns whether what nobody can say anything of may be served all the same, for now. */
  private <Q extends AwsRequest, R> boolean withinUnverified(Step<Q, R> step, Fence fence) {
    boolean within = settings.mayGoUnverified(fence);
    if (within) {
      step.log().fault(CacheFault.SERVED_UNVERIFIED);
    }
    return within;
  }

  /** Returns what the warm tier holds, good or past its life, and puts it into memory; or null. */
  private <Q extends AwsRequest, R> @Nullable Found stored(
      Step<Q, R> step,
      Plan.Lookup plan,
      WarmTier tier,
      Fences.Observation seen,
      byte @Nullable [] bytes) {
    Markers inForce = seen.markers();
    if (bytes == null || inForce == null) {
      return null;
    }
    try {
      Envelope envelope = tier.open(plan.address(), bytes, step.log());
      if (envelope == null
          || unacknowledged.outdate(envelope.created())
          || !fences.admits(envelope.markers(), inForce)) {
        return null;
      }
      CacheableOperation<Q, R> operation = step.call().operation();
      if (envelope.codec() != operation.codecId()) {
        step.log().fault(CacheFault.ENTRY_UNREADABLE);
        return null;
      }
      if (Lifetime.isFromTheFuture(time, envelope.created())) {
        step.log().fault(CacheFault.CLOCK_SKEW);
        return null;
      }
      Lifetime lifetime =
          Lifetime.resumed(time, envelope.created(), envelope.expires(), envelope.retainUntil());
      if (!lifetime.isRetained(time) || tooOld(lifetime, plan)) {
        return null;
      }
      Kept<R> answer = operation.kept(operation.decode(envelope.payload()));
      TokenUsage usage = envelope.usage();
      double usd =
          StatsRecorder.usd(
              settings.priceList(), plan.context(), operation, answer.response(), usage);
      HotEntry entry = new HotEntry(answer, lifetime, seen.fence(), usage, usd);
      if (plan.control().directive() != Directive.NO_STORE) {
        hot.promote(plan.address(), entry);
      }
      return new Found(entry, CacheSource.WARM);
    } catch (IOException | RuntimeException | Error unreadable) {
      step.log().fault(CacheFault.ENTRY_UNREADABLE, unreadable);
      return null;
    }
  }

  /** Serves what is past its life, and has it asked for anew; null where that may not be. */
  private <Q extends AwsRequest, R> @Nullable Loaded<R> whileRevalidating(
      Step<Q, R> step, Plan.Lookup plan, @Nullable Found stale) {
    if (stale == null
        || !isWithin(policies.staleWhileRevalidate(plan.context(), step.log()), stale)) {
      return null;
    }
    Step<Q, R> again = step.again(time);
    revalidation.begin(
        plan,
        again,
        () -> {
          Fence now = fences.of(plan.address().partition(), plan.address().endpoint());
          return askOthers(again, plan, now, false).thenCompose(Loaded::afterwards);
        });
    return stale(step, stale, CacheReason.STALE_WHILE_REVALIDATE);
  }

  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> call(
      Step<Q, R> step,
      Plan.Lookup plan,
      Fence fence,
      @Nullable Markers markers,
      @Nullable Found stale) {
    if (plan.control().directive() == Directive.ONLY_IF_CACHED) {
      return CompletableFuture.completedFuture(
          Loaded.of(Answer.notKept(CacheOutcome.miss(CacheReason.ONLY_IF_CACHED)), null));
    }
    CacheOutcome why =
        CacheOutcome.miss(
            plan.control().directive() == Directive.REFRESH
                ? CacheReason.REFRESH_REQUESTED
                : CacheReason.ABSENT);
    return step.origin()
        .call(why)
        .thenCompose(
            result -> {
              R response = result.valueOrNull();
              return response != null
                  ? CompletableFuture.completedFuture(
                      admission.keep(step, plan, fence, markers, response))
                  : failed(step, plan, result, stale);
            });
  }

  /** Serves what is past its life where Bedrock is in trouble and that may be. */
  private <Q extends AwsRequest, R> CompletionStage<Loaded<R>> failed(
      Step<Q, R> step, Plan.Lookup plan, Result<R> result, @Nullable Found stale) {
    Loaded<R> failure = Loaded.of(new Answer<>(result, Answer.NOT_ANSWERED), null);
    if (stale == null || !mayStandIn(stale, result.failure(), step, plan)) {
      return CompletableFuture.completedFuture(failure);
    }
    return stillServable(step, plan, stale.entry())
        .thenApply(may -> may ? stale(step, stale, CacheReason.STALE_IF_ERROR) : failure);
  }

  private <Q extends AwsRequest, R> boolean mayStandIn(
      Found stale, @Nullable Throwable failure, Step<Q, R> step, Plan.Lookup plan) {
    return failure != null
        && !step.call().operation().isStream()
        && FailureKinds.isServiceTrouble(failure)
        && isWithin(policies.staleIfError(plan.context(), step.log()), stale);
  }

  /**
   * Returns whether an answer has not been invalidated meanwhile, as far as may be unnoticed: a
   * call may take longer to fail than that.
   */
  private <Q extends AwsRequest, R> CompletionStage<Boolean> stillServable(
      Step<Q, R> step, Plan.Lookup plan, HotEntry entry) {
    WarmTier tier = warm;
    if (tier == null || !verificationDue(entry.fence(), plan, time.epochMillis())) {
      return CompletableFuture.completedFuture(entry.fence().stands());
    }
    return readMarkers(
            step,
            plan,
            entry.fence(),
            query -> tier.readOvertime(query, step.waiting(), step.log()))
        .thenApply(seen -> mayServe(step, entry, seen));
  }

  private <Q extends AwsRequest, R> CompletionStage<Fences.Observation> readMarkers(
      Step<Q, R> step,
      Plan.Lookup plan,
      Fence fence,
      Function<StoreQuery, CompletionStage<StoreRead>> read) {
    StoreQuery markers =
        new StoreQuery(plan.address(), false, fences.namespaceDue(delayNanos(plan)));
    Fences.Read reading = fences.beginRead();
    return read.apply(markers).thenApply(seen -> observe(step, fence, seen, reading));
  }

  private boolean isWithin(Duration window, Found stale) {
    return !window.isZero()
        && stale.lifetime().isRetained(time)
        && stale.lifetime().staleness(time).compareTo(window) < 0;
  }

  private <Q extends AwsRequest, R> Loaded<R> hit(Step<Q, R> step, Found found) {
    return reply(step, found, found.lifetime().hit(found.source(), time.epochMillis()));
  }

  private <Q extends AwsRequest, R> Loaded<R> stale(Step<Q, R> step, Found found, CacheReason why) {
    return reply(step, found, found.lifetime().staleHit(time, found.source(), why));
  }

  private <Q extends AwsRequest, R> Loaded<R> reply(
      Step<Q, R> step, Found found, CacheOutcome outcome) {
    step.log().usage(found.entry().usage());
    Kept<?> kept = found.entry().answer();
    R response = step.call().operation().handOut(kept);
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
