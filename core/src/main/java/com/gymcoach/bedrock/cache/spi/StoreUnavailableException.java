package com.gymcoach.bedrock.cache.spi;

/**
 * What a store fails with that has not even asked its backend, because the backend has failed too
 * often lately. The cache counts it apart. Has no stack trace: it comes with every call of an
 * outage.
 */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Returns the failure. */
  public StoreUnavailableException() {
    super("The store's backend has failed too often lately and was not asked", null, false, false);
  }
}
