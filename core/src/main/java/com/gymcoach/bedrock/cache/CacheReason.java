package com.gymcoach.bedrock.cache;

/** Why a call went past the cache, why it missed, or why its answer was not kept. */
public enum CacheReason {
  // Why a call went past the cache.

  /** Nobody said who may share the answer: use {@code forScope} or {@code scopedBy}. */
  SCOPE_MISSING,
  /** The function given to {@code scopedBy} threw. */
  SCOPE_FAILED,
  /** The caller asked for {@link CacheControl#BYPASS}. */
  BYPASS_REQUESTED,
  /**
   * The request overrides something that can change the answer or the account: headers, query
   * parameters, plugins, credentials, endpoint.
   */
  REQUEST_OVERRIDE,
  /** A guardrail's draft, which changes behind its name. */
  DRAFT_GUARDRAIL,
  /** A prompt's ARN without a version. */
  UNVERSIONED_PROMPT,
  /**
   * The request refers to what changes behind the same name: an object in S3, a system tool, a
   * prompt router, a provisioned throughput, a deployment of a custom model, an endpoint of
   * SageMaker or of the Marketplace. {@link CachePolicy#cacheVolatileReferences} allows it.
   */
  VOLATILE_REFERENCE,
  /** {@link CachePolicy#mayServe} said no. */
  POLICY_REQUEST,
  /** The request could not be turned into a key: the {@code KeyGenerator} threw. */
  KEY_FAILED,
  /** The call was made from within the call that it would have waited for. */
  REENTRANT,
  /** The cache itself failed. */
  ENGINE_FAILED,
  /** The user is not in the percentage of users that the cache is switched on for. */
  NOT_IN_ROLLOUT,
  /** The mode is {@link CacheMode#OBSERVE}; the cache would have had the answer. */
  WOULD_HIT,
  /** The mode is {@link CacheMode#OBSERVE}; the cache would have asked Bedrock too. */
  WOULD_MISS,

  // Why a call ended without Bedrock having been asked.

  /**
   * The caller asked for {@link CacheControl#ONLY_IF_CACHED}, and no answer is kept or the call
   * would have gone past the cache.
   */
  ONLY_IF_CACHED,

  // Why a call that was looked up went to Bedrock.

  /** No entry, or none as young as the caller's {@link CacheControl#maxAge} asks for. */
  ABSENT,
  /** The caller asked for {@link CacheControl#REFRESH}. */
  REFRESH_REQUESTED,

  // Why an answer was served after its life.

  /** It may be, while it is asked for anew: {@link TtlPolicy#staleWhileRevalidate}. */
  STALE_WHILE_REVALIDATE,
  /** Bedrock failed, and it may be then: {@link TtlPolicy#staleIfError}. */
  STALE_IF_ERROR,

  // Why an answer was not kept.

  /** The caller asked for {@link CacheControl#NO_STORE}. */
  NO_STORE_REQUESTED,
  /** The {@link TtlPolicy} gives this call no life. */
  ZERO_TTL,
  /** The answer was cut off at the token limit. */
  MAX_TOKENS,
  /** The answer was cut off at the end of the context window. */
  CONTEXT_WINDOW_EXCEEDED,
  /** The answer asks for a tool; {@link CachePolicy#cacheToolUse} allows it. */
  TOOL_USE,
  /** A guardrail stepped in, before the model answered or on its answer. */
  GUARDRAIL_INTERVENED,
  /** Bedrock filtered all or some of the answer, or the model refused to give one. */
  CONTENT_FILTERED,
  /** The model's output could not be read by Bedrock. */
  MALFORMED_OUTPUT,
  /** The answer ended for a reason that this version does not know to be a good one. */
  UNKNOWN_STOP_REASON,
  /**
   * The body is empty, cut short, not the JSON that it should be, or says itself that the call
   * failed.
   */
  INCOMPLETE_BODY,
  /**
   * The answer is complete and holds nothing that a caller can use: blank text, reasoning only, an
   * empty image, a vector that is empty or zero. To ask again often gives a real answer.
   */
  EMPTY_ANSWER,
  /** The answer holds, at some depth, content that this version of the SDK does not know. */
  UNKNOWN_CONTENT,
  /**
   * Neither the model nor the shape of the body tells whether the answer is complete; {@link
   * CachePolicy#cacheUnknownModels} allows it.
   */
  UNKNOWN_MODEL_FAMILY,
  /** The caller cancelled the stream, or what subscribed to it threw. */
  STREAM_CANCELLED,
  /** The stream is larger than {@code maxStreamBytes} allows to be copied. */
  STREAM_TOO_LARGE,
  /** The HTTP status is not 200. */
  NOT_SUCCESSFUL,
  /** {@link CachePolicy#mayKeep} said no. */
  POLICY_RESPONSE,
  /** The scope was invalidated while the answer was on its way. */
  INVALIDATED_MEANWHILE,
  /** The answer could not be written down. */
  ENCODE_FAILED
}
