package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Flight;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Ticket;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.spi.CacheFault;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/**
 * A request's way through the cache, for sync and async callers alike: plan, memory, flight,
 * inquiry (warm tier, Bedrock, admission), outcome. It switches no threads: {@link WaitStrategy}
 * says where a call goes on. Whatever breaks in it, the caller gets what the bare client would have
 * given. Thread-safe.
 */
public final class Engine {
  /**
   * How many leaders a caller follows, one after the other, who come to nothing: then it asks for
   * itself, so that the failures of others cost it no more than that.
   */
  private static final int MAX_LEADERS = 3;

  private final TimeSource time;
  private final @Nullable KeyMemo memo;
  private final RequestPlanner planner;
  private final Fences fences;
  private final HotTier hot;
  private final Loader loader;
  private final ShadowStats shadowStats;
  private final ShadowMode shadowMode;
  private final Invalidation invalidation;
  private final StatsRecorder recorder;
  private final SingleFlight singleFlight;

  /** Puts the parts together. */
  public Engine(
      Settings settings,
      HotTier hot,
      @Nullable WarmTier warm,
      Fences fences,
      StatsRecorder recorder) {
    GuardedPolicies policies =
        new GuardedPolicies(settings.cachePolicy(), settings.ttlPolicy(), settings.random());
    UnacknowledgedInvalidations unacknowledged = new UnacknowledgedInvalidations();
    Admission admission = new Admission(settings, policies, hot, warm);
    this.time = settings.time();
    this.memo =
        settings.keyMemoMaxBytes() == 0
            ? null
            : KeyMemo.ofBytes(settings.keyMemoMaxBytes(), ThreadLocalRandom.current().nextLong());
    this.planner = new RequestPlanner(settings, policies, memo);
    this.fences = fences;
    this.hot = hot;
    Revalidation revalidation = new Revalidation(settings.time(), settings.revalidator(), recorder);
    this.loader =
        new Loader(settings, policies, fences, hot, warm, unacknowledged, admission, revalidation);
    this.shadowStats = new ShadowStats(settings.priceList());
    this.shadowMode = new ShadowMode(settings, policies, fences, admission, warm, shadowStats);
    this.invalidation =
        new Invalidation(settings.time(), planner, fences, hot, warm, unacknowledged, recorder);
    this.recorder = recorder;
    this.singleFlight = new SingleFlight(settings.time(), settings.elsewhere());
  }

  /** Returns the part that makes answers disappear. */
  public Invalidation invalidation() {
    return invalidation;
  }

  /** Returns what was observed. */
  public ShadowStats shadowStats() {
    return shadowStats;
  }

  /** Forgets every request and answer; what is on its way is not kept, and no later call joins. */
  public void forget() {
    fences.takeDownAll(); // first: what comes in behind the clearing does not stand
    hot.clear();
    shadowMode.forget();
    if (memo != null) {
      memo.clear();
    }
  }

  /** Forgets them, and keeps nothing any more. */
  public void close() {
    hot.close();
    shadowMode.close();
    forget();
  }

  /**
   * Takes a call in and decides its way. To be followed by the two below.
   *
   * @param observed whether the cache only watches it
   * @param rolloutPercent for how many users in a hundred the cache takes part
   */
  public <Q extends AwsRequest, R> Visit<Q, R> enter(
      Call<Q, R> call, boolean observed, double rolloutPercent) {
    CallRecord log = new CallRecord(time);
    Plan plan;
    try {
      recorder.time(log);
      plan = planner.plan(call, rolloutPercent, log);
    } catch (Throwable broken) {
      log.fault(CacheFault.ENGINE_FAILED, broken);
      plan = planner.unplanned(call);
    }
    return new Visit<>(call, log, plan, observed);
  }

  /** Answers from memory; null where the visit must go on. */
  public <Q extends AwsRequest, R> @Nullable R fromMemory(Visit<Q, R> visit) {
    if (visit.observed || !(visit.plan instanceof Plan.Lookup plan)) {
      return null;
    }
    long now;
    HotEntry entry;
    R response;
    try {
      now = time.epochMillis();
      entry = loader.inMemory(plan, now);
      if (entry == null) {
        return null;
      }
      response = visit.call.operation().handOut(entry.answer());
      planner.remember(visit.call, plan, visit.log);
    } catch (Throwable broken) {
      visit.log.fault(CacheFault.ENGINE_FAILED, broken);
      return null;
    }
    visit.log.usage(entry.usage());
    return finish(visit, response, entry.lifetime().hit(CacheSource.HOT, now), entry.usd());
  }

  /** Answers a call. The stage never fails: the caller's failure comes as a result. */
  public <Q extends AwsRequest, R> CompletionStage<Result<R>> execute(
      Visit<Q, R> visit, OnceOnlyCall<R> origin, WaitStrategy waiting) {
    Step<Q, R> step = new Step<>(visit.call, origin, waiting, visit.log);
    boolean observed = visit.observed;
    CompletionStage<Answer<R>> answer;
    try {
      visit.log.time();
      answer =
          visit.plan instanceof Plan.Lookup lookup
              ? observed ? shadowMode.observe(step, lookup) : lookUp(step, lookup)
              : past(step, ((Plan.Bypass) visit.plan).reason(), observed);
    } catch (Throwable broken) {
      answer = rescue(step, observed, broken);
    }
    return answer
        .handle((done, broken) -> broken == null ? completed(done) : rescue(step, observed, broken))
        .thenCompose(Function.identity())
        .thenApply(
            done -> {
              origin.eachFault(visit.log::fault);
              return finish(visit, done);
            });
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> lookUp(
      Step<Q, R> step, Plan.Lookup plan) {
    Fence fence = fences.of(plan.address().partition(), plan.address().endpoint());
    if (plan.control().directive() != Directive.DEFAULT) {
      return alone(step, plan, fence);
    }
    Duration underWay = singleFlight.underWay(plan.address(), fence);
    return underWay == null
        ? together(step, plan, fence)
        : loader
            .mayJoin(step, plan, fence, underWay)
            .thenCompose(inForce -> together(step, plan, inForce));
  }

  /** Makes an inquiry for this caller and no other. */
  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> alone(
      Step<Q, R> step, Plan.Lookup plan, Fence fence) {
    return loader.ask(step, plan, fence).thenCompose(reply -> afterDelivery(step, reply));
  }

  /** A write to the store comes last: a store that is slow must not hold up the caller's stream. */
  private static <Q extends AwsRequest, R> CompletionStage<Answer<R>> afterDelivery(
      Step<Q, R> step, Loaded<R> reply) {
    return step.origin().bedrockCall().delivered().thenCompose(delivered -> reply.afterwards());
  }

  /** Shares one inquiry among those who ask the same at the same time. */
  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> together(
      Step<Q, R> step, Plan.Lookup plan, Fence fence) {
    while (true) { // a loop, not a recursion: several leaders may fail one after the other
      if (step.origin().left()) {
        return completed(Answer.failed(new CancellationException("The caller has gone")));
      }
      if (step.origin().followed() == MAX_LEADERS) {
        step.origin().goAlone();
        return alone(step, plan, fence);
      }
      Flight prepared = singleFlight.prepare(plan.address(), fence, step.origin());
      step.origin().prepare(prepared);
      Ticket ticket = singleFlight.board(prepared, step.call().timeout());
      step.origin().board(ticket);
      if (ticket.leads()) {
        return lead(step, plan, fence, ticket.flight());
      }
      if (ticket.flight().waitsForThisThread()) {
        step.origin().leaveFlight();
        return past(step, CacheReason.REENTRANT, false);
      }
      CompletableFuture<Result<Landing>> landing =
          step.waiting()
              .behindAnother(step.remaining(), ticket.flight().landing())
              .toCompletableFuture();
      if (!landing.isDone()) {
        return landing.thenCompose(
            result -> {
              CompletionStage<Answer<R>> answer = follow(step, plan, fence, result);
              return answer == null ? together(step, plan, fence) : answer;
            });
      }
      CompletionStage<Answer<R>> answer = follow(step, plan, fence, landing.join());
      if (answer != null) {
        return answer;
      }
    }
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> lead(
      Step<Q, R> step, Plan.Lookup plan, Fence fence, Flight flight) {
    step.log().marks(step.origin().callerCode().service());
    CompletionStage<Loaded<R>> asked;
    try {
      asked = loader.ask(step, plan, fence);
    } catch (Throwable broken) {
      asked = CompletableFuture.failedFuture(broken);
    }
    flight.started();
    return asked
        .whenComplete((reply, broken) -> land(step, reply))
        .thenCompose(reply -> afterDelivery(step, reply));
  }

  /** Whatever breaks while the landing is worked out, there is one. */
  private static <Q extends AwsRequest, R> void land(Step<Q, R> step, @Nullable Loaded<R> reply) {
    Landing how = Landing.ABANDONED;
    try {
      how = reply == null ? Landing.ABANDONED : reply.landing(step.call().operation());
    } finally {
      step.origin().land(how);
    }
  }

  /** Returns a follower's answer, or null where it must lead or follow another. */
  private <Q extends AwsRequest, R> @Nullable CompletionStage<Answer<R>> follow(
      Step<Q, R> step, Plan.Lookup plan, Fence fence, Result<Landing> result) {
    Landing landing = result.valueOrNull();
    if (landing == null) {
      step.origin().leaveFlight();
      return completed(Answer.failed(gaveUp(step, result.failure())));
    }
    if (landing instanceof Landing.Failed failed) {
      return completed(Answer.failed(failed.failure()));
    }
    if (landing instanceof Landing.Answered answered && youngEnough(answered, plan)) {
      step.log().usage(answered.usage());
      R response = step.call().operation().handOut(answered.answer());
      return completed(Answer.of(response, answered.outcome()));
    }
    Duration left = step.remaining();
    if (left != null && (left.isNegative() || left.isZero())) {
      return completed(Answer.failed(gaveUp(step, new TimeoutException())));
    }
    step.log().left(left);
    if (landing instanceof Landing.Unshareable) {
      step.origin().goAlone();
      return alone(step, plan, fence);
    }
    return null;
  }

  private static boolean youngEnough(Landing.Answered answered, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return limit == null || answered.outcome().age().compareTo(limit) <= 0;
  }

  /** Returns what the SDK would have thrown at a caller who waited in vain. */
  private static <Q extends AwsRequest, R> Throwable gaveUp(
      Step<Q, R> step, @Nullable Throwable why) {
    Duration timeout = step.call().timeout();
    return why instanceof TimeoutException && timeout != null
        ? ApiCallTimeoutException.create(timeout.toMillis())
        : AbortedException.create("Thread was interrupted");
  }

  /** Past the cache, unless the caller does not want to pay and the cache is on. */
  private static <Q extends AwsRequest, R> CompletionStage<Answer<R>> past(
      Step<Q, R> step, CacheReason reason, boolean observed) {
    if (!observed
        && CacheControl.of(step.call().request()).directive() == Directive.ONLY_IF_CACHED) {
      return completed(Answer.notKept(CacheOutcome.bypass(CacheReason.ONLY_IF_CACHED)));
    }
    CacheOutcome outcome = CacheOutcome.bypass(reason);
    step.origin().goAlone();
    return step.origin().call(outcome).thenApply(result -> new Answer<>(result, outcome));
  }

  /** The cache is broken: Bedrock's answer, without a second call where there was one. */
  private static <Q extends AwsRequest, R> CompletionStage<Answer<R>> rescue(
      Step<Q, R> step, boolean observed, Throwable broken) {
    step.origin().land(Landing.ABANDONED);
    step.log().fault(CacheFault.ENGINE_FAILED, broken);
    return past(step, CacheReason.ENGINE_FAILED, observed);
  }

  private <Q extends AwsRequest, R> Result<R> finish(Visit<Q, R> visit, Answer<R> answer) {
    R response = answer.result().valueOrNull();
    if (response == null) {
      try {
        recorder.failed(visit.plan.context(), visit.log, answer.outcome());
      } catch (RuntimeException | Error uncountable) { // the caller is owed the client's exception
        recorder.noted("recording a failed call", uncountable);
      }
      return answer.result();
    }
    return Result.of(finish(visit, response, answer.outcome()));
  }

  private <Q extends AwsRequest, R> R finish(Visit<Q, R> visit, R response, CacheOutcome outcome) {
    double usd;
    try {
      CacheableOperation<Q, R> operation = visit.call.operation();
      if (outcome.status() == CacheOutcome.Status.BYPASS) {
        visit.log.usage(operation.usage(response)); // nobody else has looked at it
      }
      usd = recorder.usd(visit.plan.context(), operation, response, visit.log);
    } catch (RuntimeException | Error uncountable) {
      recorder.noted("pricing an answer", uncountable);
      usd = StatsRecorder.UNKNOWN;
    }
    return finish(visit, response, outcome, usd);
  }

  private <Q extends AwsRequest, R> R finish(
      Visit<Q, R> visit, R response, CacheOutcome outcome, double usd) {
    try {
      recorder.answered(visit.plan.context(), usd, visit.log, outcome);
      return visit.call.operation().tagged(response, outcome);
    } catch (RuntimeException | Error untaggable) {
      recorder.noted("attaching the outcome", untaggable);
      return response;
    }
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
