package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheScope;
import software.amazon.awssdk.core.SdkRequest;

/**
 * What a key is made of.
 *
 * @param operation the operation's name, {@link CacheableOperation#name()}
 * @param delegate names the region and the endpoint that the client calls
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

  /** Says nothing of the request. */
  @Override
  public String toString() {
    return "KeyInput[" + operation + ", " + scope + "]";
  }
}
