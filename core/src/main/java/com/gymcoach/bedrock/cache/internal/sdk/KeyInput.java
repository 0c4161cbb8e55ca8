package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheScope;
import software.amazon.awssdk.core.SdkRequest;

/**
 * The values from which a key is computed.
 *
 * @param operation the operation's name, {@link CacheableOperation#name()}
 * @param delegate the identity of the wrapped client, with its region and endpoint
 * @param namespace the cache's namespace
 * @param scope who may share the answer
 * @param modelId the model as the request names it
 * @param request the request
 */
public record KeyInput(
    String operation,
    String delegate,
    String namespace,
    CacheScope scope,
    String modelId,
    SdkRequest request) {

  /** Returns a text without the request. */
  @Override
  public String toString() {
    return "KeyInput[" + operation + ", " + scope + "]";
  }
}
