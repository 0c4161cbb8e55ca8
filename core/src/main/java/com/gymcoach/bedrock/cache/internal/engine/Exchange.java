package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CallContext;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.RequestOverrides;
import com.gymcoach.bedrock.cache.spi.EntryAddress;
import com.gymcoach.bedrock.cache.spi.TimeSource;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * A caller's call on its way through the engine: the request, its plan, its deadline and its
 * record. A call that memory does not answer also has its call to Bedrock and its way of waiting.
 * Used by one thread at a time.
 */
public final class Exchange<Q extends AwsRequest, R> {
  private final CallerRequest<Q, R> asked;
  private final CallRecord log;
  private final Plan plan;
  private final boolean observed;
  private @Nullable OnceOnlyCall<R> origin;
  private @Nullable WaitStrategy waiting;

  /**
   * Returns an exchange that has been planned.
   *
   * @param observed whether the cache is in observe mode, and so only watches
   */
  Exchange(CallerRequest<Q, R> asked, CallRecord log, Plan plan, boolean observed) {
    this.asked = asked;
    this.log = log;
    this.plan = plan;
    this.observed = observed;
  }

  /** Adds what a call needs that memory does not answer. */
  void leavesMemory(OnceOnlyCall<R> call, WaitStrategy strategy) {
    origin = call;
    waiting = strategy;
  }

  /** Returns an exchange for the same request on behalf of no caller, with a new record. */
  Exchange<Q, R> again(TimeSource time) {
    CallRecord own = new CallRecord(time);
    own.time();
    log.left(null); // this caller's deadline does not concern that call
    Exchange<Q, R> again = new Exchange<>(asked, own, plan, observed);
    again.leavesMemory(new OnceOnlyCall<>(origin().bedrockCall().again()), waiting());
    return again;
  }

  /**
   * Returns the request to send to Bedrock. A caller that has waited for another's call has less
   * time left for its own.
   */
  public Q toSend() {
    Duration left = log.left();
    return left == null ? asked.request() : RequestOverrides.within(asked.request(), left);
  }

  CallerRequest<Q, R> asked() {
    return asked;
  }

  Q request() {
    return asked.request();
  }

  CacheableOperation<Q, R> operation() {
    return asked.operation();
  }

  /** Returns the call's own deadline, or null for none. */
  @Nullable Duration timeout() {
    return asked.timeout();
  }

  /** Returns how much of the call's own deadline is left, or null if it has none. */
  @Nullable Duration remaining() {
    Duration timeout = asked.timeout();
    return timeout == null ? null : timeout.minus(log.elapsed());
  }

  CallRecord log() {
    return log;
  }

  Plan plan() {
    return plan;
  }

  /** Returns the plan of a call that goes through the cache. */
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

  /** Returns whether the cache only watches. */
  boolean observed() {
    return observed;
  }

  OnceOnlyCall<R> origin() {
    return Objects.requireNonNull(origin);
  }

  WaitStrategy waiting() {
    return Objects.requireNonNull(waiting);
  }

  /**
   * Returns whether this call may read and write entries of the store. Every call may read markers.
   */
  boolean usesEntries() {
    return !asked.client().isPrivate();
  }
}
