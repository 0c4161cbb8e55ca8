package com.gymcoach.bedrock.cache.spi.store;

/**
 * Thrown while a store's circuit breaker is open: the store fails fast because its backend has
 * failed too often lately. The cache counts it as a separate fault and without any units. Has no
 * stack trace, because every call during an outage throws it.
 */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception. */
  public StoreUnavailableException() {
    super(
        "The store's circuit breaker is open: its backend has failed too often",
        null,
        false,
        false);
  }
}
