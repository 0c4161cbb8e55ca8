package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.internal.call.CallRecord;
import com.gymcoach.bedrock.cache.internal.call.CallerRequest;
import com.gymcoach.bedrock.cache.internal.call.Outcome;
import com.gymcoach.bedrock.cache.internal.sdk.BothForms;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.tier.HotEntry;
import com.gymcoach.bedrock.cache.spi.metrics.CacheFault;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;

/**
 * Gives a call the answers that Bedrock gave in the other form, if the call shares them: see {@link
 * BothForms}. A converted answer must be admitted as if Bedrock had just given it in the call's
 * form. It is never kept: the entry in the tiers stays as Bedrock sent it. Thread-safe.
 */
final class AnswerForms {
  private final GuardedPolicies policies;

  AnswerForms(GuardedPolicies policies) {
    this.policies = policies;
  }

  /**
   * Returns an entry in the call's form, or null if there is none or it cannot be converted. A call
   * tries that only once, and its miss then says why.
   */
  <Q extends AwsRequest, R> @Nullable HotEntry inForm(
      Exchange<Q, R> exchange, @Nullable HotEntry entry) {
    if (entry == null
        || !exchange.optIns().bothForms()
        || !BothForms.isOther(exchange.operation(), entry.answer())) {
      return entry;
    }
    HotEntry converted =
        exchange.otherFormRefused()
            ? null
            : inForm(exchange.callerRequest(), exchange.lookup(), entry, exchange.log());
    if (converted == null) {
      exchange.refuseOtherForm();
    }
    return converted;
  }

  /** Returns an entry in the form of a call that shares answers; null if it cannot be converted. */
  <Q extends AwsRequest, R> @Nullable HotEntry inForm(
      CallerRequest<Q, R> call, Plan.Lookup plan, HotEntry entry, CallRecord log) {
    CacheableOperation<Q, R> operation = call.operation();
    if (!BothForms.isOther(operation, entry.answer())) {
      return entry;
    }
    try {
      Kept<R> converted = BothForms.converted(operation, entry.answer());
      if (converted == null
          || operation.admission(call.request(), converted.response(), plan.optIns()) != null
          || !policies.mayKeep(plan.context(), operation.head(operation.handOut(converted)), log)) {
        return null;
      }
      return new HotEntry(converted, entry.lifetime(), entry.fence(), entry.usage(), entry.usd());
    } catch (Throwable broken) { // such as a stack overflow: as if there were no answer
      log.fault(CacheFault.ENGINE_FAILED, broken);
      return null;
    }
  }

  /** Returns the outcome of serving an answer, which says whether it was converted. */
  static CacheOutcome outcome(Kept<?> answer, CacheOutcome hit) {
    return answer.converted() ? Outcome.converted(hit) : hit;
  }

  /**
   * Returns whether Bedrock's new answer cannot be converted, so that it serves only calls of the
   * same form although the call shares its answers.
   */
  static <Q extends AwsRequest, R> boolean servesOneForm(Exchange<Q, R> exchange, R response) {
    if (!exchange.optIns().bothForms()) {
      return false;
    }
    try {
      return !BothForms.fitsBoth(exchange.operation(), response, exchange.optIns());
    } catch (Throwable broken) {
      exchange.log().fault(CacheFault.ENGINE_FAILED, broken);
      return true;
    }
  }
}
