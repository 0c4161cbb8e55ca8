package com.gymcoach.bedrock.cache;

/**
 * The reason why a call bypassed the cache or missed, or why its answer was not kept or was served
 * stale.
 */
public enum CacheReason {
  // Why a call bypassed the cache.

  /** The call has no scope: use {@code forScope} or {@code scopedBy}. */
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
  /** The request uses the draft of a guardrail, which can change under the same name. */
  DRAFT_GUARDRAIL,
  /** The request names a prompt's ARN without a version. */
  UNVERSIONED_PROMPT,
  /**
   * The request refers to something whose content can change under the same name: an object in S3,
   * a system tool, a prompt router, a provisioned throughput, a deployment of a custom model, an
   * endpoint of SageMaker or of the Marketplace. {@link CachePolicy#cacheVolatileReferences} allows
   * it.
   */
  VOLATILE_REFERENCE,
  /** {@link CachePolicy#mayServe} returned false or threw. */
  POLICY_REQUEST,
  /** No key could be computed for the request: the {@code KeyGenerator} threw. */
  KEY_FAILED,
  /** The call was made inside the very call that it would have had to wait for. */
  REENTRANT,
  /** The cache itself failed. */
  ENGINE_FAILED,
  /** The user is not in the share of users served by the cache. */
  NOT_IN_ROLLOUT,
  /** The {@link LiveSettings} name the endpoint, or were found to say {@link CacheMode#OFF}. */
  SWITCHED_OFF,
  /** The mode is {@link CacheMode#OBSERVE}; the cache would have served the answer. */
  WOULD_HIT,
  /** The mode is {@link CacheMode#OBSERVE}; the cache would have called Bedrock too. */
  WOULD_MISS,

  // Why a call ended without a call to Bedrock.

  /**
   * The caller asked for {@link CacheControl#ONLY_IF_CACHED}, and no answer was cached or the call
   * would have bypassed the cache.
   */
  ONLY_IF_CACHED,

  // Why a call that was looked up went to Bedrock.

  /** There is no entry, or none within the caller's {@link CacheControl#maxAge}. */
  ABSENT,
  /** The caller asked for {@link CacheControl#REFRESH}. */
  REFRESH_REQUESTED,
  /** The cache made the call itself, to verify a hit: {@link BedrockCacheBuilder#verifyHits}. */
  VERIFYING_HIT,
  /**
   * There is an entry in the form of the other operation, which cannot be converted for this call:
   * see {@link CachePolicy#serveBothForms}. If the new answer is kept, it replaces that entry.
   */
  OTHER_FORM,
  /**
   * Only of {@code lookUp}: there is no entry in memory, and the store did not say whether it has
   * one. A call goes to Bedrock then.
   */
  STORE_UNREAD,

  // Why an answer was served after its TTL.

  /** It is being refreshed in the background: {@link TtlPolicy#staleWhileRevalidate}. */
  STALE_WHILE_REVALIDATE,
  /** Bedrock failed: {@link TtlPolicy#staleIfError}. */
  STALE_IF_ERROR,

  // Why an answer was not kept.

  /** The caller asked for {@link CacheControl#NO_STORE}. */
  NO_STORE_REQUESTED,
  /** The {@link TtlPolicy} returned a TTL of zero for this call. */
  ZERO_TTL,
  /** The answer was cut off at the token limit. */
  MAX_TOKENS,
  /** The answer was cut off at the end of the context window. */
  CONTEXT_WINDOW_EXCEEDED,
  /** The answer asks for a tool; {@link CachePolicy#cacheToolUse} allows it. */
  TOOL_USE,
  /** A guardrail intervened, before the model answered or on its answer. */
  GUARDRAIL_INTERVENED,
  /** Bedrock filtered all or some of the answer, or the model refused to give one. */
  CONTENT_FILTERED,
  /** Bedrock could not read the model's output. */
  MALFORMED_OUTPUT,
  /** The answer ended for a reason that this version does not know to mean success. */
  UNKNOWN_STOP_REASON,
  /** The body is empty, cut short, not the expected JSON, or reports a failed call itself. */
  INCOMPLETE_BODY,
  /**
   * The answer is complete but has no usable content: blank text, reasoning only, an empty image,
   * an empty or all-zero vector. A repeated call often gives a real answer.
   */
  EMPTY_ANSWER,
  /** The answer contains, at some depth, content that this version of the SDK does not know. */
  UNKNOWN_CONTENT,
  /**
   * Neither the model nor the shape of the body shows whether the answer is complete; {@link
   * CachePolicy#cacheUnknownModels} allows it.
   */
  UNKNOWN_MODEL_FAMILY,
  /** The caller cancelled the stream, or its subscriber threw. */
  STREAM_CANCELLED,
  /** The stream is larger than {@code maxStreamBytes}. */
  STREAM_TOO_LARGE,
  /** The HTTP status is not 200. */
  NOT_SUCCESSFUL,
  /** {@link CachePolicy#mayKeep} returned false or threw. */
  POLICY_RESPONSE,
  /** The scope was invalidated while the call was in progress. */
  INVALIDATED_MEANWHILE,
  /** The answer could not be encoded. */
  ENCODE_FAILED
}
