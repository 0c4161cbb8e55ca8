package com.gymcoach.bedrock.cache.spi;

import com.gymcoach.bedrock.cache.CallContext;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkRequest;

/**
 * Says what distinguishes one request from another. Needed only where the standard key, which takes
 * in every modelled field, is too fine: for a prompt that carries a time stamp, say.
 *
 * <p>It replaces the fields of the request and nothing else. The cache adds scope, endpoint, {@code
 * vary}, operation, model, client and namespace itself. A careless generator can therefore mix up
 * one user's own answers at one endpoint, or answers that are shared anyway, and no others. It must
 * be safe for use by many threads and quick: it runs on the caller's thread before each look-up. If
 * it throws, the call bypasses the cache. To leave a request out of the cache on purpose, use
 * {@link com.gymcoach.bedrock.cache.CachePolicy#mayServe}.
 */
@FunctionalInterface
public interface KeyGenerator {

  /**
   * Returns bytes that are equal for two requests if they may share an answer, or null for the
   * standard key. A generator for one endpoint of several returns null for the others. The bytes
   * never collide with a standard key. Never use {@code request.toString()}: the SDK leaves
   * sensitive members out of it, so that different prompts look the same.
   *
   * @param call the operation, model and endpoint, and whether all users share the answer
   * @param request the request
   */
  byte @Nullable [] keyOf(CallContext call, SdkRequest request);

  /**
   * Returns whether the result depends on nothing but the call's context and the request's modelled
   * fields, so that it may be remembered for the next equal request instead of being asked for
   * again. By default not.
   */
  default boolean pure() {
    return false;
  }
}
