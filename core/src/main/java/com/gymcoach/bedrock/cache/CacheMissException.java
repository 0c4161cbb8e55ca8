package com.gymcoach.bedrock.cache;

import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Thrown for {@link CacheControl#ONLY_IF_CACHED} when no answer is cached or the call would bypass
 * the cache. Bedrock was not called.
 */
public final class CacheMissException extends SdkClientException {
  private static final long serialVersionUID = 1L;

  private CacheMissException(Builder builder) {
    super(builder);
  }

  /** Returns the exception. */
  public static CacheMissException create() {
    return new CacheMissException(
        SdkClientException.builder()
            .message("No answer is kept for this request, which asked for ONLY_IF_CACHED"));
  }

  @Override
  public boolean retryable() {
    return false;
  }
}
