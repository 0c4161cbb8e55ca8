package com.gymcoach.bedrock.cache;

/**
 * Operations of Bedrock that are cached only if {@link BedrockCacheBuilder#alsoCaches} names them.
 * Their answers are keyed, scoped, kept and invalidated like those of a model. They report no
 * tokens, so that {@link CacheStats} counts them as unpriced.
 */
public enum OptionalOperation {
  /**
   * ApplyGuardrail, if the request names a numbered version of the guardrail. A draft can change
   * under the same name: such a call is a bypass with {@link CacheReason#DRAFT_GUARDRAIL}.
   */
  APPLY_GUARDRAIL,
  /** CountTokens, for which AWS charges nothing: a hit saves time and quota, not money. */
  COUNT_TOKENS,
  /** InvokeGuardrailChecks. Has no effect with an SDK that lacks the operation. */
  INVOKE_GUARDRAIL_CHECKS
}
