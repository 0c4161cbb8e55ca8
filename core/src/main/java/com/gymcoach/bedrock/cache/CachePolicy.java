package com.gymcoach.bedrock.cache;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;

/**
 * What may be cached beyond, or short of, what is safe for everyone. Each method says no more than
 * the default unless overridden. Called on the caller's thread, or with the async client on the
 * thread that completes the call: it must not block. What a method throws counts as no. Must be
 * safe for use by many threads.
 */
public interface CachePolicy {

  /**
   * Whether answers may be served from the cache, and kept, for a request. By default yes, whatever
   * its temperature: the caller asked for a cache.
   */
  default boolean mayServe(CallContext call, SdkRequest request) {
    return true;
  }

  /**
   * Whether an answer that is complete may be kept. By default yes.
   *
   * @param response the answer; of a stream, the response that it began with
   */
  default boolean mayKeep(CallContext call, SdkResponse response) {
    return true;
  }

  /**
   * Whether answers that ask for a tool are kept. By default no: tools are often run for effect.
   */
  default boolean cacheToolUse(CallContext call) {
    return false;
  }

  /**
   * Whether requests are cached that refer to what changes behind the same name: objects in S3,
   * system tools, prompt routers, provisioned throughputs, deployments of custom models, endpoints
   * of SageMaker or of the Marketplace. By default no.
   */
  default boolean cacheVolatileReferences(CallContext call) {
    return false;
  }

  /**
   * Whether InvokeModel answers are kept of which neither the model nor the shape of the body tells
   * that they are complete. By default no. Answers that are known to be cut short, refused or empty
   * are not kept in any case, and tool use needs {@link #cacheToolUse}.
   */
  default boolean cacheUnknownModels(CallContext call) {
    return false;
  }

  /** Returns the policy that has every default. */
  static CachePolicy standard() {
    return StandardCachePolicy.INSTANCE;
  }
}
