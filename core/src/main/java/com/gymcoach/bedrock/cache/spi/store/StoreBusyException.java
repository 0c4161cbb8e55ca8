package com.gymcoach.bedrock.cache.spi.store;

import java.util.concurrent.RejectedExecutionException;

/**
 * Thrown if a store has not asked its backend, because it has reached its limit of concurrent calls
 * or because the call waited too long for a thread. The cache counts the two cases separately;
 * neither says anything about the backend's health. Has no stack trace, because it is thrown under
 * load.
 */
public final class StoreBusyException extends RejectedExecutionException {
  private static final long serialVersionUID = 1L;

  private final boolean waited;

  /** Creates the failure of a call that was rejected immediately. */
  public StoreBusyException() {
    this("The store has reached its limit of concurrent calls", false);
  }

  private StoreBusyException(String message, boolean waited) {
    super(message);
    this.waited = waited;
  }

  /** Returns the failure of a call that waited too long for one of the store's threads. */
  public static StoreBusyException afterWaiting() {
    return new StoreBusyException("The call waited too long for one of the store's threads", true);
  }

  /** Returns whether the call waited for a thread before it was rejected. */
  public boolean hasWaited() {
    return waited;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
