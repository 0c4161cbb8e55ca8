package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.CacheSource;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallTrace;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.Result;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.engine.SingleFlight.Landing;
import com.gymcoach.bedrock.cache.internal.env.Environment;
import com.gymcoach.bedrock.cache.internal.fence.Fences;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.stats.ShadowStats;
import com.gymcoach.bedrock.cache.internal.stats.StatsRecorder;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.internal.tier.HotTier;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import com.gymcoach.bedrock.cache.spi.tracing.CallTracer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Takes a request through the cache: plan, memory, single-flight, loader (warm tier, Bedrock,
 * admission), outcome. Sync and async callers take the same path. The engine switches no threads:
 * {@link WaitStrategy} decides where a call continues. If anything breaks here, the caller still
 * gets what the bare client would have returned. Thread-safe.
 */
public final class Engine {
  private final TimeSource time;
  private final @Nullable KeyMemo memo;
  private final RequestPlanner planner;
  private final Fences fences;
  private final HotTier hot;
  private final HotAnswers hotAnswers;
  private final Loader loader;
  private final AnswerForms forms;
  private final ShadowMode shadowMode;
  private final Invalidation invalidation;
  private final StatsRecorder recorder;
  private final Sharing sharing;
  private final BatchLoader batches;
  private final @Nullable CallTracer tracer;
  private final @Nullable Explainer explainer;
  private final @Nullable HitVerifier verifier;

  /**
   * Creates the engine of a cache with these parts. Calls are traced if there is a tracer.
   *
   * @param recentCalls how many calls are remembered so that misses can be explained, or 0
   */
  public Engine(Parts parts, @Nullable CallTracer tracer, int recentCalls) {
    this.tracer = tracer;
    Settings settings = parts.settings();
    Environment environment = parts.environment();
    GuardedPolicies policies = new GuardedPolicies(settings.policies(), environment.random());
    Admission admission = new Admission(parts, policies);
    this.time = environment.time();
    this.memo =
        settings.keys().memoMaxBytes() == 0
            ? null
            : KeyMemo.ofBytes(settings.keys().memoMaxBytes(), environment.random().nextLong());
    this.planner = new RequestPlanner(settings, policies, memo);
    this.fences = parts.fences();
    this.hot = parts.tiers().hot();
    this.hotAnswers = new HotAnswers(parts);
    this.verifier = HitVerifier.of(parts);
    this.forms = new AnswerForms(policies);
    this.loader = new Loader(parts, hotAnswers, policies, admission, verifier);
    this.shadowMode = new ShadowMode(parts, policies, admission);
    this.explainer = recentCalls == 0 ? null : new Explainer(parts, planner, forms, recentCalls);
    this.invalidation = new Invalidation(parts, planner, explainer, verifier);
    this.recorder = parts.recorder();
    this.batches = new BatchLoader(parts, loader, planner, admission);
    this.sharing = new Sharing(loader, batches, fences, new SingleFlight(environment));
  }

  /** Returns the part that invalidates answers. */
  public Invalidation invalidation() {
    return invalidation;
  }

  /** Returns the statistics of observe mode. */
  public ShadowStats shadowStats() {
    return shadowMode.stats();
  }

  /** Returns the part that verifies hits, or null if none are verified. */
  public @Nullable HitVerifier verifier() {
    return verifier;
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
    if (explainer != null) {
      explainer.forget();
    }
    if (verifier != null) {
      verifier.forgetInvalidated();
    }
  }

  /** Returns why a request would miss now. Makes no call, and asks neither store nor Bedrock. */
  public <Q extends AwsRequest, R> Explanation explain(
      CallerRequest<Q, R> request, RolloutState rollout) {
    return explainer == null
        ? new Explanation(
            RequestPlanner.context(request), time.now(), Cause.OFF, null, null, List.of())
        : explainer.explain(request, rollout);
  }

  /** Returns the explanations of a scope's recent calls, latest first. */
  public List<Explanation> explanations(CacheScope scope) {
    return explainer == null ? List.of() : explainer.told(scope);
  }

  /** Removes every request and answer and keeps no more answers. */
  public void close() {
    hot.close();
    shadowMode.close();
    loader.close();
    if (verifier != null) {
      verifier.close();
    }
    forget();
  }

  /**
   * Answers a caller's request: the only way into the cache. An answer in memory is returned on the
   * caller's thread, without a future.
   *
   * @param rollout whether and for whom the cache is on
   */
  public <Q extends AwsRequest, R, T> T answer(
      CallerRequest<Q, R> request, RolloutState rollout, ClientMethod<Q, R, T> method) {
    CallRecord log;
    Plan plan;
    CallTrace trace;
    try {
      log = begun();
      plan = plan(request, rollout, log);
      trace = tracer == null ? null : CallTrace.begin(tracer, plan.context(), this::tracerFailed);
    } catch (Throwable broken) { // such as a stack overflow: nothing has been sent yet
      return method.direct(request.request());
    }
    if (trace == null) {
      return answer(request, rollout, plan, log, method);
    }
    log.tracedBy(trace);
    return traced(method, trace, () -> answer(request, rollout, plan, log, method));
  }

  /**
   * Looks for the answer to a request and returns how the cache would answer it now. Never calls
   * Bedrock, in any mode. Waits for the store as a call would.
   */
  public <Q extends AwsRequest, R> CacheOutcome lookUp(
      CallerRequest<Q, R> request, RolloutState rollout) {
    LookUp<Q, R> method = new LookUp<>(request.operation());
    return rollout.observes() && !rollout.outdated()
        ? method.direct(request.request()) // which observes nothing
        : answer(request, rollout, method);
  }

  private void tracerFailed(Throwable failure) {
    try {
      recorder.fault(CacheFault.CALLBACK_FAILED, failure);
    } catch (Throwable uncountable) {
      // not even counted: the answer that the caller is about to get matters more
    }
  }

  private <T> T traced(ClientMethod<?, ?, T> method, CallTrace trace, Supplier<T> call) {
    T given;
    try {
      given = CallTrace.in(trace, call);
    } catch (Throwable failure) {
      trace.end(failure);
      throw failure;
    }
    try {
      method.whenEnded(given, trace::end);
    } catch (Throwable broken) { // such as a client's future that cannot be observed
      tracerFailed(broken);
      trace.end(null); // its end is not known, but a trace must not stay open
    }
    return given;
  }

  private <Q extends AwsRequest, R, T> T answer(
      CallerRequest<Q, R> request,
      RolloutState rollout,
      Plan plan,
      CallRecord log,
      ClientMethod<Q, R, T> method) {
    R inMemory;
    Exchange<Q, R> exchange;
    PendingCall<R, T> call;
    try {
      BatchCall<Q, R> batch = rollout.outdated() ? null : batches.of(request, rollout, plan, log);
      inMemory = batch == null ? fromMemory(request, rollout, plan, log, method) : null;
      exchange = inMemory == null ? new Exchange<>(request, log, plan, rollout) : null;
      if (exchange != null) {
        exchange.batch(batch);
      }
      call = exchange == null ? null : method.prepare(exchange);
    } catch (Throwable broken) { // such as a stack overflow: nothing has been sent yet
      return method.direct(request.request());
    }
    return inMemory != null
        ? method.fromMemory(inMemory)
        : answer(Objects.requireNonNull(exchange), method, Objects.requireNonNull(call));
  }

  private <Q extends AwsRequest, R, T> T answer(
      Exchange<Q, R> exchange, ClientMethod<Q, R, T> method, PendingCall<R, T> call) {
    try {
      call.take(execute(exchange, call.origin(), call.waiting()));
    } catch (Throwable broken) { // such as a stack overflow: the rest needs less stack
      release(call.origin());
      return call.isMade()
          ? call.rescue(broken)
          : method.direct(exchange.callerRequest().request());
    }
    return call.result();
  }

  /** Releases the followers of a call after the cache broke. Its caller's answer comes first. */
  private static void release(OnceOnlyCall<?> origin) {
    try {
      origin.shareNoMore();
    } catch (Throwable broken) {
      // the followers are released by the check of their flight
    }
  }

  private CallRecord begun() {
    CallRecord log = new CallRecord(time);
    try {
      recorder.time(log);
    } catch (Throwable broken) {
      log.fault(CacheFault.ENGINE_FAILED, broken);
    }
    return log;
  }

  private <Q extends AwsRequest, R> Plan plan(
      CallerRequest<Q, R> request, RolloutState rollout, CallRecord log) {
    try {
      return planner.plan(request, rollout, log);
    } catch (Throwable broken) {
      log.fault(CacheFault.ENGINE_FAILED, broken);
      return planner.unplanned(request);
    }
  }

  /** Returns the answer in memory, or null. */
  private <Q extends AwsRequest, R> @Nullable R fromMemory(
      CallerRequest<Q, R> request,
      RolloutState rollout,
      Plan plan,
      CallRecord log,
      ClientMethod<Q, R, ?> method) {
    if (rollout.observes() || rollout.outdated() || !(plan instanceof Plan.Lookup lookup)) {
      return null;
    }
    try {
      long now = time.epochMillis();
      long nanos = time.nanoTime();
      HotEntry entry = hotAnswers.servable(lookup, nanos, now);
      if (entry == null) {
        return null;
      }
      CacheOutcome outcome = entry.lifetime().hit(CacheSource.HOT, now);
      if (lookup.optIns().bothForms()) {
        entry = forms.inForm(request, lookup, entry, log);
        if (entry == null) {
          return null;
        }
        outcome = AnswerForms.outcome(entry.answer(), outcome);
      }
      R response = request.operation().handOut(entry.answer(), outcome);
      planner.remember(request, lookup, log);
      log.usage(entry.usage());
      trace(log, outcome);
      log.answeredAt(nanos);
      record(lookup, entry.usd(), log, outcome);
      if (verifier != null && verifier.picks(lookup)) {
        verifier.verify(
            plan.context(),
            () -> new Exchange<>(request, log, plan, rollout).through(method),
            entry);
      }
      return response;
    } catch (Throwable broken) {
      log.fault(CacheFault.ENGINE_FAILED, broken);
      return null;
    }
  }

  private void record(Plan.Lookup plan, double usd, CallRecord log, CacheOutcome outcome) {
    try {
      recorder.answered(plan.context(), usd, log, outcome);
    } catch (RuntimeException | Error uncountable) { // the caller must get the answer
      recorder.noted("recording a memory hit", uncountable);
    }
  }

  /** Answers a call. The stage never fails: a failure is returned as a result. */
  private <Q extends AwsRequest, R> CompletionStage<Result<R>> execute(
      Exchange<Q, R> exchange, OnceOnlyCall<R> origin, WaitStrategy waiting) {
    exchange.leavesMemory(origin, waiting);
    CompletionStage<Answer<R>> answer;
    try {
      if (explainer != null) {
        exchange.explainedBy(explainer);
      }
      exchange.log().time();
      answer = exchange.rollout().outdated() ? routeRefreshed(exchange) : route(exchange);
    } catch (Throwable broken) {
      answer = rescue(exchange, broken);
    }
    return answer
        .handle((done, broken) -> broken == null ? completed(done) : rescue(exchange, broken))
        .thenCompose(Function.identity())
        .thenApply(
            done -> {
              origin.eachFault(exchange.log()::fault);
              return end(exchange, done);
            });
  }

  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> route(Exchange<Q, R> exchange) {
    return exchange.plan() instanceof Plan.Bypass bypass
        ? Bypass.call(exchange, bypass.reason())
        : exchange.observed() ? shadowMode.observe(exchange) : sharing.load(exchange);
  }

  /**
   * Reads the live settings first, and plans the call again under what they are then. Waits no
   * longer than a look-up may: after that the last settings apply.
   */
  private <Q extends AwsRequest, R> CompletionStage<Answer<R>> routeRefreshed(
      Exchange<Q, R> exchange) {
    RolloutState.Live live = Objects.requireNonNull(exchange.rollout().live());
    Duration budget =
        exchange.log().quarterLeft(live.watch().budget(), Duration.ZERO, exchange.timeout());
    return exchange
        .waiting()
        .behindAnother(budget, live.watch().refresh())
        .thenCompose(
            refreshed -> {
              RolloutState now = live.now().get();
              exchange.planAgain(plan(exchange.callerRequest(), now, exchange.log()), now);
              exchange.batch(
                  batches.of(exchange.callerRequest(), now, exchange.plan(), exchange.log()));
              return route(exchange);
            });
  }

  /** Returns Bedrock's answer after the cache broke, without a second call if one was made. */
  private static <Q extends AwsRequest, R> CompletionStage<Answer<R>> rescue(
      Exchange<Q, R> exchange, Throwable broken) {
    exchange.origin().land(Landing.ABANDONED);
    exchange.log().fault(CacheFault.ENGINE_FAILED, broken);
    return Bypass.call(exchange, CacheReason.ENGINE_FAILED);
  }

  private <Q extends AwsRequest, R> Result<R> end(Exchange<Q, R> exchange, Answer<R> answer) {
    R response = answer.result().valueOrNull();
    if (response == null) {
      trace(exchange.log(), answer.outcome());
      try {
        recorder.failed(exchange.context(), exchange.log(), answer.outcome());
      } catch (RuntimeException | Error uncountable) { // the caller must get the client's exception
        recorder.noted("recording a failed call", uncountable);
      }
      return answer.result();
    }
    CacheOutcome outcome = exchange.withExplanation(answer.outcome());
    double usd = price(exchange, response, outcome);
    return Result.of(finish(exchange, response, outcome, usd));
  }

  private <Q extends AwsRequest, R> double price(
      Exchange<Q, R> exchange, R response, CacheOutcome outcome) {
    try {
      CacheableOperation<Q, R> operation = exchange.operation();
      if (outcome.status() == CacheOutcome.Status.BYPASS) {
        exchange.log().usage(operation.usage(response)); // no other step has read the usage
      }
      return recorder.usd(exchange.context(), operation, response, exchange.log());
    } catch (RuntimeException | Error uncountable) {
      recorder.noted("pricing an answer", uncountable);
      return StatsRecorder.UNKNOWN;
    }
  }

  /** Records an answered call, and returns the response with its outcome. */
  private <Q extends AwsRequest, R> R finish(
      Exchange<Q, R> exchange, R response, CacheOutcome outcome, double usd) {
    trace(exchange.log(), outcome);
    try {
      recorder.answered(exchange.context(), usd, exchange.log(), outcome);
      return exchange.operation().tagged(response, outcome);
    } catch (RuntimeException | Error untaggable) {
      recorder.noted("attaching the outcome", untaggable);
      return response;
    }
  }

  private static void trace(CallRecord log, CacheOutcome outcome) {
    CallTrace trace = log.trace();
    if (trace != null) {
      trace.outcome(outcome, log.usage());
    }
  }

  private static <T> CompletionStage<T> completed(T value) {
    return CompletableFuture.completedFuture(value);
  }
}
