package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallWait;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.store.EntryAddress;
import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A caller's call on its way through the engine: the request, its plan, its time limit and its
 * record. If memory has no answer, it also holds the call to Bedrock and the wait strategy. Used by
 * one thread at a time; a background refresh only reads its request and time limit.
 */
public final class Exchange<Q extends AwsRequest, R> {
  private final CallerRequest<Q, R> callerRequest;
  private final CallRecord log;
  private final Outgoing<Q, R> outgoing;
  private Plan plan;
  private RolloutState rollout;
  private boolean otherFormRefused;
  private @Nullable OnceOnlyCall<R> origin;
  private @Nullable WaitStrategy waiting;
  private @Nullable ExplainedCall explained;
  private boolean background;

  /** Null unless the request is a batch of texts that are cached one by one. */
  private @Nullable BatchCall<Q, R> batch;

  /** Null unless this is a part of a batch. */
  private @Nullable Lookahead lookahead;

  /**
   * Creates an exchange that has been planned.
   *
   * @param rollout whether and for whom the cache was on when it was planned
   */
  Exchange(CallerRequest<Q, R> callerRequest, CallRecord log, Plan plan, RolloutState rollout) {
    this.callerRequest = callerRequest;
    this.log = log;
    this.outgoing = new Outgoing<>(callerRequest, log);
    this.plan = plan;
    this.rollout = rollout;
  }

  /** Replaces the plan, because it was made under settings that were too old. */
  void planAgain(Plan newPlan, RolloutState now) {
    plan = newPlan;
    rollout = now;
  }

  /** Sets the batch that the request is, or null if it is none. */
  void batch(@Nullable BatchCall<Q, R> texts) {
    batch = texts;
    outgoing.batch(texts);
  }

  /** Returns the batch that the request is, or null if it is none. */
  @Nullable BatchCall<Q, R> batch() {
    return batch;
  }

  /** Sets what the store has returned for this part of a batch. */
  void lookahead(Lookahead read) {
    lookahead = read;
  }

  /** Returns what the store has returned already, or null if it is still to be read. */
  @Nullable Lookahead lookahead() {
    return lookahead;
  }

  /** Adds the call and wait strategy needed if memory has no answer. */
  void leavesMemory(OnceOnlyCall<R> call, WaitStrategy strategy) {
    call.tracedBy(log.trace());
    origin = call;
    waiting = strategy;
  }

  /** Adds the call of a client's method, and returns this. */
  Exchange<Q, R> through(ClientMethod<Q, R, ?> method) {
    PendingCall<R, ?> call = method.prepare(this);
    leavesMemory(call.origin(), call.waiting());
    return this;
  }

  /**
   * Returns an exchange for the same request on behalf of no caller, with its own record, which is
   * not timed yet. Must be called on the caller's thread, before the caller gets its answer: from
   * then on the caller may change the arrays of its request, so a copy is sent.
   */
  Exchange<Q, R> again(TimeSource time) {
    CallRecord own = new CallRecord(time);
    own.tracedBy(log.trace());
    CallerRequest<Q, R> copy = callerRequest.owned();
    outgoing.replaceBy(copy);
    outgoing.limit(null); // this caller's time limit does not apply to the background call
    Exchange<Q, R> again = new Exchange<>(copy, own, plan, rollout);
    again.background = true;
    again.leavesMemory(new OnceOnlyCall<>(origin().bedrockCall().again()), waiting());
    again.explained = explained == null ? null : explained.inBackground(copy);
    return again;
  }

  /** Makes the cache explain this call. */
  void explainedBy(Explainer explainer) {
    explained = explainer.begin(callerRequest);
  }

  /** Returns why Bedrock is about to be called, with an explanation if the caller asks for one. */
  CacheOutcome explain(CacheOutcome outcome) {
    return explained == null ? outcome : explained.explain(outcome, plan, log);
  }

  /** Does the same for a batch, by the first of its texts that Bedrock is asked for. */
  CacheOutcome explain(CacheOutcome outcome, Exchange<Q, R> text) {
    return explained == null || text.explained == null
        ? outcome
        : explained.explain(outcome, text.plan, log, text.explained);
  }

  /** Remembers this text of a batch, if the batch's call is explained. */
  void explainedWith(Exchange<Q, R> whole) {
    explained = whole.explained == null ? null : whole.explained.inBackground(callerRequest);
  }

  /** Returns the outcome of the ended call, with the explanation if there is one. */
  CacheOutcome withExplanation(CacheOutcome outcome) {
    return explained == null ? outcome : explained.explained(outcome);
  }

  /** Remembers that an answer is about to be kept, in memory or only in the store. */
  void rememberKept(Lifetime lifetime, Fence fence, boolean inMemory) {
    if (explained != null) {
      explained.kept(lookup(), lifetime, fence, inMemory);
    }
  }

  /** Remembers that Bedrock's answer was not kept, or that there was none. */
  void rememberUnkept(Explanation.Cause cause, @Nullable CacheReason reason) {
    if (explained != null) {
      explained.notKept(lookup(), cause, reason, null);
    }
  }

  /**
   * Remembers that the store has an answer that is no longer served.
   *
   * @param since when that began, or null for now
   */
  void rememberUnserved(Explanation.Cause cause, @Nullable Instant since) {
    if (explained != null) {
      explained.notKept(lookup(), cause, null, since);
    }
  }

  /** Returns whether this is a caller's whole call, which can be made again in the background. */
  boolean isRepeatable() {
    return !background && origin().bedrockCall().isRepeatable();
  }

  /** Returns the request as it is sent to Bedrock. */
  public Outgoing<Q, R> outgoing() {
    return outgoing;
  }

  CallerRequest<Q, R> callerRequest() {
    return callerRequest;
  }

  Q request() {
    return callerRequest.request();
  }

  CacheableOperation<Q, R> operation() {
    return callerRequest.operation();
  }

  /** Returns the call's time limit, or null for none. */
  @Nullable Duration timeout() {
    return callerRequest.timeout();
  }

  /** Returns the time left of the call's time limit, or null if it has none. */
  @Nullable Duration remaining() {
    Duration timeout = callerRequest.timeout();
    return timeout == null ? null : timeout.minus(log.elapsed());
  }

  CallRecord log() {
    return log;
  }

  Plan plan() {
    return plan;
  }

  /** Returns the plan of a call that uses the cache. */
  Plan.Lookup lookup() {
    return (Plan.Lookup) plan;
  }

  CallContext context() {
    return plan.context();
  }

  EntryAddress address() {
    return lookup().address();
  }

  CacheControl control() {
    return lookup().control();
  }

  CacheableOperation.OptIns optIns() {
    return lookup().optIns();
  }

  /** Records that there is an answer in the other form that this call cannot be given. */
  void refuseOtherForm() {
    otherFormRefused = true;
  }

  boolean otherFormRefused() {
    return otherFormRefused;
  }

  /** Returns why the call goes to Bedrock after the tiers were asked. */
  CacheReason missReason() {
    if (control().directive() == CacheControl.Directive.REFRESH) {
      return CacheReason.REFRESH_REQUESTED;
    }
    return otherFormRefused ? CacheReason.OTHER_FORM : CacheReason.ABSENT;
  }

  /** Returns whether the cache is in observe mode. */
  boolean observed() {
    return rollout.observes();
  }

  /** Returns whether and for whom the cache is on. */
  RolloutState rollout() {
    return rollout;
  }

  OnceOnlyCall<R> origin() {
    return Objects.requireNonNull(origin);
  }

  WaitStrategy waiting() {
    return Objects.requireNonNull(waiting);
  }

  /** Returns how this call may wait for the store. */
  CallWait storeWait() {
    return new CallWait(waiting(), log, timeout());
  }

  /**
   * Returns whether this call may read and write the store's entries. Every call may read markers.
   */
  boolean usesEntries() {
    return !callerRequest.client().isPrivate();
  }
}
