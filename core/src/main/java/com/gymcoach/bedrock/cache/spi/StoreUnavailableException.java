package com.gymcoach.bedrock.cache.spi;

/**
 * What a store fails with that does not wait for its backend, because the backend has failed too
 * often lately. The cache counts it apart, and no units for it. Has no stack trace: it comes with
 * every call of an outage.
 */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Returns the failure. */
  public StoreUnavailableException() {
    super("The store's backend has failed too often lately and is left alone", null, false, false);
  }
}
