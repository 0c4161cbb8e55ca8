package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheControl;
import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.CacheScope;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.Explanation.Cause;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.FieldTree;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Explains one call that memory did not answer, and remembers what became of it. Whatever fails
 * here is noted and changes neither the call nor its answer. Used by one thread at a time.
 */
final class ExplainedCall {
  private final Explainer explainer;
  private final CallerRequest<?, ?> call;
  private final boolean background;
  private @Nullable FieldTree fields;
  private @Nullable Explanation explanation;

  /**
   * Creates the memory of a call.
   *
   * @param background whether the call is on behalf of no caller, and is only remembered
   */
  ExplainedCall(Explainer explainer, CallerRequest<?, ?> call, boolean background) {
    this.explainer = explainer;
    this.call = call;
    this.background = background;
  }

  /** Returns the memory of a call on behalf of no caller: a refresh, or one text of a batch. */
  ExplainedCall inBackground(CallerRequest<?, ?> other) {
    return new ExplainedCall(explainer, other, true);
  }

  /**
   * Explains the call, unless that has been done. Call this before Bedrock is called: otherwise the
   * call's own answer could count as the one that it was compared with.
   *
   * @return the outcome, with the explanation if the caller has asked for it
   */
  CacheOutcome explain(CacheOutcome outcome, Plan plan, CallRecord log) {
    return explain(outcome, plan, log, this);
  }

  /**
   * Explains the call by one of its texts, if it is a batch of texts that are cached one by one.
   *
   * @param text that text's own memory
   */
  CacheOutcome explain(CacheOutcome outcome, Plan plan, CallRecord log, ExplainedCall text) {
    if (background || outcome.cached()) {
      return outcome;
    }
    try {
      Explanation said = explanation;
      if (said == null) {
        said = text.said(outcome, plan, log);
        explanation = said;
        CacheScope scope = call.scope();
        if (scope != null) {
          explainer.tell(scope, said);
        }
        if (isAsked()) {
          Explainer.LOG.debug("{}", said);
        }
      }
      return isAsked() ? Outcome.explained(outcome, said) : outcome;
    } catch (Throwable broken) { // such as a stack overflow, or a logging library that throws
      explainer.failed(broken);
      return outcome;
    }
  }

  /** Returns the outcome with the explanation, if there is one and the caller has asked for it. */
  CacheOutcome explained(CacheOutcome outcome) {
    Explanation said = explanation;
    try {
      return said == null || outcome.cached() || !isAsked()
          ? outcome
          : Outcome.explained(outcome, said);
    } catch (Throwable broken) { // such as a stack overflow
      explainer.failed(broken);
      return outcome;
    }
  }

  private boolean isAsked() {
    return CacheControl.of(call.request()).explained();
  }

  private Explanation said(CacheOutcome outcome, Plan plan, CallRecord log) {
    CacheScope scope = call.scope();
    CacheReason reason = outcome.reason().orElse(null);
    return scope == null
            || !(plan instanceof Plan.Lookup lookup)
            || outcome.status() == CacheOutcome.Status.BYPASS
            || reason == CacheReason.REFRESH_REQUESTED
            || reason == CacheReason.OTHER_FORM
        ? explainer.bypassed(plan.context(), reason)
        : explainer.missed(lookup, scope, fields(lookup), log.faults());
  }

  private FieldTree fields(Plan.Lookup plan) {
    FieldTree known = fields;
    if (known == null) {
      known = explainer.fields(call, plan);
      fields = known;
    }
    return known;
  }

  /**
   * Notes that an answer is kept: before it is, because it may be evicted at once.
   *
   * @param inMemory whether in memory, and not only in the store
   */
  void kept(Plan.Lookup plan, Lifetime lifetime, Fence fence, boolean inMemory) {
    try {
      CacheScope scope = call.scope();
      if (scope != null) {
        explainer.kept(
            explainer.remember(plan.address(), scope, fields(plan)), lifetime, fence, inMemory);
      }
    } catch (Throwable broken) { // such as a stack overflow: the answer is kept all the same
      explainer.failed(broken);
    }
  }

  /**
   * Notes why there is no answer.
   *
   * @param since when that began, or null for now
   */
  void notKept(
      Plan.Lookup plan, Cause cause, @Nullable CacheReason reason, @Nullable Instant since) {
    try {
      CacheScope scope = call.scope();
      if (scope != null) {
        Instant at = since == null ? explainer.now() : since;
        explainer
            .remember(plan.address(), scope, fields(plan))
            .notKept(new RecentCall.Fate(cause, reason, at));
      }
    } catch (Throwable broken) { // such as a stack overflow: the answer is returned all the same
      explainer.failed(broken);
    }
  }
}
