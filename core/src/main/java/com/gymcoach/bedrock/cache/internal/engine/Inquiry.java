package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheMissException;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.Life;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.internal.wire.Envelope;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.StoreQuery;
import com.gymcoach.bedrock.cache.spi.StoreRead;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/** Asks for an answer on behalf of all who want it: hot tier, warm tier, Bedrock. */
final class Inquiry {
  private final TimeSource time;
  private final Settings settings;
  private final Fences fences;
  private final HotTier hot;
  private final @Nullable WarmTier warm;
  private final Tombstones tombstones;
  private final Keeper keeper;

  Inquiry(
      Settings settings,
      Fences fences,
      HotTier hot,
      @Nullable WarmTier warm,
      Tombstones tombstones,
      Keeper keeper) {
    this.time = settings.time();
    this.settings = settings;
    this.fences = fences;
    this.hot = hot;
    this.warm = warm;
    this.tombstones = tombstones;
    this.keeper = keeper;
  }

  /** Returns the answer that is in memory and may be served without asking anybody, or null. */
  @Nullable HotEntry inMemory(Plan.Lookup plan, long epochMillis) {
    HotEntry entry = entry(plan, epochMillis);
    return entry == null || verificationDue(entry.fence(), plan) ? null : entry;
  }

  /** Asks. */
  <Q extends AwsRequest, R> CompletionStage<Reply<R>> ask(
      Step<Q, R> step, Plan.Lookup plan, Fence fence) {
    HotEntry found =
        inMemory(plan, time.epochMillis()); // who led before may have put it there just now
    if (found != null) {
      return CompletableFuture.completedFuture(hotHit(step, found));
    }
    WarmTier tier = warm;
    if (tier == null) {
      return call(step, plan, fence, null);
    }
    HotEntry unverified = entry(plan, time.epochMillis());
    Fence under = unverified == null ? fence : unverified.fence();
    boolean withEntry =
        unverified == null
            && plan.control().directive() != Directive.REFRESH
            && !tombstones.stand(plan.address());
    StoreQuery query =
        new StoreQuery(plan.address(), withEntry, fences.namespaceDue(delayNanos(plan)));
    long began = time.nanoTime();
    return tier.read(query, step.waiting(), step.log(), step.call().timeout())
        .thenCompose(read -> decide(step, plan, tier, unverified, under, read, began));
  }

  private <Q extends AwsRequest, R> CompletionStage<Reply<R>> decide(
      Step<Q, R> step,
      Plan.Lookup plan,
      WarmTier tier,
      @Nullable HotEntry unverified,
      Fence fence,
      StoreRead read,
      long began) {
    Fences.Observation seen = observe(step, fence, read, began);
    if (unverified != null && mayServe(step, unverified, seen)) {
      return CompletableFuture.completedFuture(hotHit(step, unverified));
    }
    byte[] envelope = read.envelope();
    if (envelope != null && seen.markers() != null) {
      Reply<R> hit = warmHit(step, plan, tier, seen.fence(), seen.markers(), envelope);
      if (hit != null) {
        return CompletableFuture.completedFuture(hit);
      }
    }
    if (seen.markers() == null) {
      seen.fence().noteBlindUse();
    }
    return call(step, plan, seen.fence(), seen.markers());
  }

  private <Q extends AwsRequest, R> Fences.Observation observe(
      Step<Q, R> step, Fence fence, StoreRead read, long began) {
    Markers markers = read.markers();
    if (markers == null) {
      step.log().fault(CacheFault.MARKERS_UNKNOWN);
      return new Fences.Observation(fence, null, false);
    }
    return fences.observe(fence, markers, began);
  }

  private <Q extends AwsRequest, R> boolean mayServe(
      Step<Q, R> step, HotEntry entry, Fences.Observation seen) {
    if (!entry.fence().stands() || !entry.life().lasts(time)) {
      return false;
    }
    if (seen.markers() != null) {
      return !seen.changed();
    }
    boolean within =
        entry.fence().unverifiedFor(time.nanoTime()) < settings.maxUnverified().toNanos();
    if (within) {
      step.log().fault(CacheFault.SERVED_UNVERIFIED);
    }
    return within;
  }

  private <Q extends AwsRequest, R> @Nullable Reply<R> warmHit(
      Step<Q, R> step,
      Plan.Lookup plan,
      WarmTier tier,
      Fence fence,
      Markers inForce,
      byte[] bytes) {
    try {
      Envelope envelope = tier.open(plan.address(), bytes, step.log());
      if (envelope == null || !fences.admits(envelope.markers(), inForce)) {
        return null;
      }
      if (envelope.codec() != step.call().operation().codecId()) {
        step.log().fault(CacheFault.ENTRY_UNREADABLE);
        return null;
      }
      Life life = Life.resumed(time, envelope.created(), envelope.expires());
      if (!life.lasts(time) || tooOld(life, plan)) {
        return null;
      }
      R response = step.call().operation().decode(envelope.payload());
      if (plan.control().directive() != Directive.NO_STORE) {
        keeper.promote(step.call().operation(), plan, fence, response, life, envelope.usage());
      }
      step.log().usage(envelope.usage());
      CacheOutcome outcome = life.hit(CacheSource.WARM, time.epochMillis());
      return Reply.of(Answer.of(response, outcome), envelope.usage());
    } catch (IOException | RuntimeException | Error unreadable) {
      step.log().fault(CacheFault.ENTRY_UNREADABLE);
      return null;
    }
  }

  private <Q extends AwsRequest, R> CompletionStage<Reply<R>> call(
      Step<Q, R> step, Plan.Lookup plan, Fence fence, @Nullable Markers markers) {
    if (plan.control().directive() == Directive.ONLY_IF_CACHED) {
      return CompletableFuture.completedFuture(
          Reply.of(Answer.failed(CacheMissException.create()), null));
    }
    CacheOutcome why =
        CacheOutcome.notStored(
            plan.control().directive() == Directive.REFRESH
                ? CacheReason.REFRESH_REQUESTED
                : CacheReason.ABSENT);
    return step.origin()
        .call(why)
        .thenApply(
            result -> {
              R response = result.valueOrNull();
              return response == null
                  ? Reply.of(new Answer<>(result, Answer.NOT_ANSWERED), null)
                  : keeper.keep(step, plan, fence, markers, response);
            });
  }

  private <Q extends AwsRequest, R> Reply<R> hotHit(Step<Q, R> step, HotEntry entry) {
    step.log().usage(entry.usage());
    CacheOutcome outcome = entry.life().hit(CacheSource.HOT, time.epochMillis());
    @SuppressWarnings("unchecked") // an address holds one operation's answers only
    R response = (R) entry.response();
    return Reply.of(Answer.of(response, outcome), entry.usage());
  }

  private @Nullable HotEntry entry(Plan.Lookup plan, long epochMillis) {
    if (plan.control().directive() == Directive.REFRESH) {
      return null;
    }
    HotEntry entry = hot.get(plan.address(), epochMillis);
    return entry == null || tooOld(entry.life(), plan) ? null : entry;
  }

  private boolean tooOld(Life life, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return limit != null && life.age(time).compareTo(limit) > 0;
  }

  private boolean verificationDue(Fence fence, Plan.Lookup plan) {
    return warm != null && fence.unverifiedFor(time.nanoTime()) >= delayNanos(plan);
  }

  private long delayNanos(Plan.Lookup plan) {
    return settings.invalidationDelay(plan.context().endpoint()).toNanos();
  }
}
