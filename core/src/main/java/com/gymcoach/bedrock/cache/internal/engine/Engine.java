package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheControl.Directive;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Flight;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Ticket;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.fence.UnacknowledgedInvalidations;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.stats.ShadowStats;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.internal.tier.WarmTier;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
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
 * Takes a request through the cache: plan, memory, single-flight, loader (warm tier, Bedrock,
 * admission), outcome. Sync and async callers take the same path. The engine switches no threads:
 * {@link WaitStrategy} decides where a call continues. If anything breaks here, the caller still
 * gets what the bare client would have returned. Thread-safe.
 */
public final class Engine {
  /**
   * The most leaders a caller follows in turn when none of them brings an answer. After that it
   * makes its own call, which limits what other callers' failures cost it.
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

  /** Creates the engine and its parts. */
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

  /** Returns the part that invalidates answers. */
  public Invalidation invalidation() {
    return invalidation;
  }

  /** Returns the statistics of observe mode. */
  public ShadowStats shadowStats() {
    return shadowStats;
  }

  /**
   * Removes every request and answer. Answers under way are not kept, and later calls do not join
   * them.
   */
  public void forget() {
    fences.takeDownAll(); // first: an answer added after the clearing is then not served
    hot.clear();
    shadowMode.forget();
    if (memo != null) {
      memo.clear();
    }
  }

  /** Removes every request and answer and keeps no more answers. */
  public void close() {
    hot.close();
    shadowMode.close();
    forget();
  }

  /**
   * Plans a call. Call {@link #fromMemory} next, and {@link #execute} if it returned null.
   *
   * @param observed whether the cache is in observe mode
   * @param rolloutPercent the share of users served by the cache, in percent
   */
  public <Q extends AwsRequest, R> Exchange<Q, R> enter(
      CallerRequest<Q, R> call, boolean observed, double rolloutPercent) {
    CallRecord log = new CallRecord(time);
    Plan plan;
    try {
      recorder.time(log);
      plan = planner.plan(call, rolloutPercent, log);
    } catch (Throwable broken) {
      log.fault(CacheFault.ENGINE_FAILED, broken);
      plan = planner.unplanned(call);
    }
    return new Exchange<>(call, log, plan, observed);
  }

  /** Returns the answer in memory, or null. Call {@link #execute} next if it returned null. */
  public <Q extends AwsRequest, R> @Nullable R fromMemory(Exchange<Q, R> exchange) {
    if (exchange.observed() || !(exchange.plan() instanceof Plan.Lookup plan)) {
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
      response = exchange.operation().handOut(entry.answer());
      planner.remember(exchange.asked(), plan, exchange.log());
    } catch (Throwable broken) {
      exchange.log().fault(CacheFault.ENGINE_FAILED, broken);
      return null;
    }
    exchange.log().usage(entry.usage());
    return finish(exchange, response, entry.lifetime().hit(CacheSource.HOT, now), entry.usd());
  }

  /** Answers a call. The stage never fails: a failure is returned as a result. */
  public <Q extends AwsRequest, R> CompletionStage<Result<R>> execute(
      Exchange<Q, R> exchange, OnceOnlyCall<R> origin, WaitStrategy waiting) {
    exchange.leavesMemory(origin, waiting);
    CompletionStage<Answer<R>> answer;
    try {
      exchange.log().time();
      answer =
          exchange.plan() instanceof Plan.Bypass bypass
              ? past(exchange, bypass.reason())
              : exchange.observed() ? shadowMode.observe(exchange) : lookUp(exchange);
    } catch (Throwable broken) {
      answer = rescue(exchange, broken);
    }
    return answer
        .handle((done, broken) -> broken == null ? completed(done) : rescue(exchange, broken))
        .thenCompose(Function.identity())
        .thenApply(
            done -> {
              origin.eachFault(exchange.log()::fault);
              return finish(exchange, done);
            });
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> lookUp(Exchange<Q, R> exchange) {
    Fence fence = fences.of(exchange.address().partition(), exchange.address().endpoint());
    if (exchange.control().directive() != Directive.DEFAULT) {
      return alone(exchange, fence);
    }
    Duration underWay = singleFlight.underWay(exchange.address(), fence);
    return underWay == null
        ? together(exchange, fence)
        : loader
            .mayJoin(exchange, fence, underWay)
            .thenCompose(inForce -> together(exchange, inForce));
  }

  /** Loads an answer for this caller alone. */
  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> alone(
      Exchange<Q, R> exchange, Fence fence) {
    return loader.ask(exchange, fence).thenCompose(reply -> afterDelivery(exchange, reply));
  }

  /** Writes to the store after delivery: a slow store must not delay the caller's stream. */
  private static <Q extends AwsRequest, R> CompletionStage<Answer<R>> afterDelivery(
      Exchange<Q, R> exchange, Loaded<R> reply) {
    return exchange.origin().bedrockCall().delivered().thenCompose(delivered -> reply.afterwards());
  }

  /** Shares one load among concurrent callers with the same request. */
  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> together(
      Exchange<Q, R> exchange, Fence fence) {
    while (true) { // a loop, not recursion: several leaders may fail in a row
      if (exchange.origin().left()) {
        return completed(Answer.failed(new CancellationException("The caller has gone")));
      }
      if (exchange.origin().followed() == MAX_LEADERS) {
        exchange.origin().goAlone();
        return alone(exchange, fence);
      }
      Flight prepared = singleFlight.prepare(exchange.address(), fence, exchange.origin());
      exchange.origin().prepare(prepared);
      Ticket ticket = singleFlight.board(prepared, exchange.timeout());
      exchange.origin().board(ticket);
      if (ticket.leads()) {
        return lead(exchange, fence, ticket.flight());
      }
      if (ticket.flight().waitsForThisThread()) {
        exchange.origin().leaveFlight();
        return past(exchange, CacheReason.REENTRANT);
      }
      CompletableFuture<Result<Landing>> landing =
          exchange
              .waiting()
              .behindAnother(exchange.remaining(), ticket.flight().landing())
              .toCompletableFuture();
      if (!landing.isDone()) {
        return landing.thenCompose(
            result -> {
              CompletionStage<Answer<R>> answer = follow(exchange, fence, result);
              return answer == null ? together(exchange, fence) : answer;
            });
      }
      CompletionStage<Answer<R>> answer = follow(exchange, fence, landing.join());
      if (answer != null) {
        return answer;
      }
    }
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> lead(
      Exchange<Q, R> exchange, Fence fence, Flight flight) {
    exchange.log().marks(exchange.origin().callerCode().service());
    CompletionStage<Loaded<R>> asked;
    try {
      asked = loader.ask(exchange, fence);
    } catch (Throwable broken) {
      asked = CompletableFuture.failedFuture(broken);
    }
    flight.started();
    return asked
        .whenComplete((reply, broken) -> land(exchange, reply))
        .thenCompose(reply -> afterDelivery(exchange, reply));
  }

  /** Ends the flight, even if computing its landing breaks. */
  private static <Q extends AwsRequest, R> void land(
      Exchange<Q, R> exchange, @Nullable Loaded<R> reply) {
    Landing how = Landing.ABANDONED;
    try {
      how = reply == null ? Landing.ABANDONED : reply.landing(exchange.operation());
    } finally {
      exchange.origin().land(how);
    }
  }

  /** Returns a follower's answer, or null if it must lead or follow another flight. */
  private <Q extends AwsRequest, R> @Nullable CompletionStage<Answer<R>> follow(
      Exchange<Q, R> exchange, Fence fence, Result<Landing> result) {
    Landing landing = result.valueOrNull();
    if (landing == null) {
      exchange.origin().leaveFlight();
      return completed(Answer.failed(gaveUp(exchange, result.failure())));
    }
    if (landing instanceof Landing.Failed failed) {
      return completed(Answer.failed(failed.failure()));
    }
    if (landing instanceof Landing.Answered answered && youngEnough(answered, exchange.lookup())) {
      exchange.log().usage(answered.usage());
      R response = exchange.operation().handOut(answered.answer());
      return completed(Answer.of(response, answered.outcome()));
    }
    Duration left = exchange.remaining();
    if (left != null && (left.isNegative() || left.isZero())) {
      return completed(Answer.failed(gaveUp(exchange, new TimeoutException())));
    }
    exchange.log().left(left);
    if (landing instanceof Landing.Unshareable) {
      exchange.origin().goAlone();
      return alone(exchange, fence);
    }
    return null;
  }

  private static boolean youngEnough(Landing.Answered answered, Plan.Lookup plan) {
    Duration limit = plan.control().maxAge().orElse(null);
    return limit == null || answered.outcome().age().compareTo(limit) <= 0;
  }

  /**
   * Returns the exception that the SDK would have thrown after a wait that ended without an answer.
   */
  private static <Q extends AwsRequest, R> Throwable gaveUp(
      Exchange<Q, R> exchange, @Nullable Throwable why) {
    Duration timeout = exchange.timeout();
    return why instanceof TimeoutException && timeout != null
        ? ApiCallTimeoutException.create(timeout.toMillis())
        : AbortedException.create("Thread was interrupted");
  }

  /**
   * Bypasses the cache. An only-if-cached call fails instead, unless the cache is in observe mode.
   */
  private static <Q extends AwsRequest, R> CompletionStage<Answer<R>> past(
      Exchange<Q, R> exchange, CacheReason reason) {
    if (!exchange.observed()
        && CacheControl.of(exchange.request()).directive() == Directive.ONLY_IF_CACHED) {
      return completed(Answer.notKept(Outcome.bypass(CacheReason.ONLY_IF_CACHED)));
    }
    CacheOutcome outcome = Outcome.bypass(reason);
    exchange.origin().goAlone();
    return exchange.origin().call(outcome).thenApply(result -> new Answer<>(result, outcome));
  }

  /** Returns Bedrock's answer after the cache broke, without a second call if one was made. */
  private static <Q extends AwsRequest, R> CompletionStage<Answer<R>> rescue(
      Exchange<Q, R> exchange, Throwable broken) {
    exchange.origin().land(Landing.ABANDONED);
    exchange.log().fault(CacheFault.ENGINE_FAILED, broken);
    return past(exchange, CacheReason.ENGINE_FAILED);
  }

  private <Q extends AwsRequest, R> Result<R> finish(Exchange<Q, R> exchange, Answer<R> answer) {
    R response = answer.result().valueOrNull();
    if (response == null) {
      try {
        recorder.failed(exchange.context(), exchange.log(), answer.outcome());
      } catch (RuntimeException | Error uncountable) { // the caller must get the client's exception
        recorder.noted("recording a failed call", uncountable);
      }
      return answer.result();
    }
    return Result.of(finish(exchange, response, answer.outcome()));
  }

  private <Q extends AwsRequest, R> R finish(
      Exchange<Q, R> exchange, R response, CacheOutcome outcome) {
    double usd;
    try {
      CacheableOperation<Q, R> operation = exchange.operation();
      if (outcome.status() == CacheOutcome.Status.BYPASS) {
        exchange.log().usage(operation.usage(response)); // no other step has read the usage
      }
      usd = recorder.usd(exchange.context(), operation, response, exchange.log());
    } catch (RuntimeException | Error uncountable) {
      recorder.noted("pricing an answer", uncountable);
      usd = StatsRecorder.UNKNOWN;
    }
    return finish(exchange, response, outcome, usd);
  }

  private <Q extends AwsRequest, R> R finish(
      Exchange<Q, R> exchange, R response, CacheOutcome outcome, double usd) {
    try {
      recorder.answered(exchange.context(), usd, exchange.log(), outcome);
      return exchange.operation().tagged(response, outcome);
    } catch (RuntimeException | Error untaggable) {
      recorder.noted("attaching the outcome", untaggable);
      return response;
    }
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
