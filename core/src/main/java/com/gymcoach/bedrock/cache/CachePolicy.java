package com.gymcoach.bedrock.cache;

import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;

/**
 * Widens or narrows what is cached. Implement this interface and override what differs: each method
 * has a default that is safe for every service.
 *
 * <pre>{@code
 * CachePolicy toolsOfTheCatalogue =
 *     new CachePolicy() {
 *       @Override
 *       public boolean cacheToolUse(CallContext call) {
 *         return call.endpoint().equals("catalogue"); // its tools only read
 *       }
 *     };
 * BedrockCache cache = BedrockCache.builder().cachePolicy(toolsOfTheCatalogue).build();
 * }</pre>
 *
 * <p>An implementation must be thread-safe and quick, and must not block: it runs on the caller's
 * thread, or with the async client on the thread that completes the call. It need not throw: it
 * returns false. An exception counts as false and is recorded as the fault {@code CALLBACK_FAILED};
 * the caller still gets its answer.
 */
public interface CachePolicy {

  /**
   * Returns whether a request may be answered from the cache and its answer cached. Defaults to
   * true whatever the temperature, because the caller asked for a cache.
   */
  default boolean mayServe(CallContext call, SdkRequest request) {
    return true;
  }

  /**
   * Returns whether a complete answer may be cached. Defaults to true.
   *
   * @param response the answer; for a stream, its initial response
   */
  default boolean mayKeep(CallContext call, SdkResponse response) {
    return true;
  }

  /**
   * Returns whether answers that ask for a tool are cached. Defaults to false, because tools often
   * have side effects.
   */
  default boolean cacheToolUse(CallContext call) {
    return false;
  }

  /**
   * Returns whether requests are cached that refer to something whose content can change under the
   * same name: objects in S3, system tools, prompt routers, provisioned throughputs, deployments of
   * custom models, endpoints of SageMaker or of the Marketplace. Defaults to false.
   */
  default boolean cacheVolatileReferences(CallContext call) {
    return false;
  }

  /**
   * Returns whether an InvokeModel answer is cached if neither the model nor the shape of the body
   * shows that it is complete. Defaults to false. Answers known to be cut short, refused or empty
   * are never cached, and tool use also needs {@link #cacheToolUse}.
   */
  default boolean cacheUnknownModels(CallContext call) {
    return false;
  }

  /**
   * Returns whether Converse and ConverseStream share their answers: a kept answer of Converse is
   * played as a stream, and a kept stream answers Converse. Defaults to false. Asked for calls of
   * these two operations without a guardrail; must return true for both operations of an endpoint.
   * {@link CacheOutcome#converted()} says which answers Bedrock sent in the other form.
   *
   * <p>An answer that the other form cannot hold exactly is not converted: the call goes to Bedrock
   * with the reason {@link CacheReason#OTHER_FORM}. The answer has the TTL of the operation that
   * called Bedrock. A converted answer must also pass {@link #cacheToolUse} and {@link #mayKeep} of
   * the operation that it is served to.
   *
   * <p>If the cache has a {@link com.gymcoach.bedrock.cache.spi.keys.KeyGenerator}, its bytes must
   * tell apart what differs between a request to Converse and one to ConverseStream.
   */
  default boolean serveBothForms(CallContext call) {
    return false;
  }

  /**
   * Returns whether a batch of texts that InvokeModel sends to one of Cohere's embedding models is
   * cached text by text. Bedrock is then asked only for the texts that are new, in one call, and
   * the response is put together. It counts the tokens paid for this call: 0 for a hit. Defaults to
   * false: a batch is cached as a whole.
   */
  default boolean cacheEmbeddingsByText(CallContext call) {
    return false;
  }

  /** Returns the policy with every default. */
  static CachePolicy standard() {
    return StandardCachePolicy.INSTANCE;
  }
}
