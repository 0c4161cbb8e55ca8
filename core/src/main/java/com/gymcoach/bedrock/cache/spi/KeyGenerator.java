package com.gymcoach.bedrock.cache.spi;

import software.amazon.awssdk.core.SdkRequest;

/**
 * Says what distinguishes one request from another. Needed only where the default, which takes in
 * every modelled field, is too fine: for a prompt that carries a time stamp, say.
 *
 * <p>The cache adds scope, operation, model, region and the format's version itself, so that a
 * careless generator can mix up one user's own answers but never two users'. It must be safe for
 * use by many threads and quick: it runs on the caller's thread before each look-up. One that
 * throws, or returns null, makes the call bypass the cache.
 */
@FunctionalInterface
public interface KeyGenerator {

  /** Returns bytes that are equal for two requests if they may share an answer. */
  byte[] keyOf(SdkRequest request);

  /**
   * Returns whether the bytes depend on nothing but the request's modelled fields, so that they may
   * be remembered for the next equal request instead of being asked for again. By default not.
   */
  default boolean pure() {
    return false;
  }
}
