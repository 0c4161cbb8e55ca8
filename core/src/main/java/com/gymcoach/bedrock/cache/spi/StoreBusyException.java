package com.gymcoach.bedrock.cache.spi;

import java.util.concurrent.RejectedExecutionException;

/**
 * What a store fails with that has as many calls under way as it may. The cache counts it apart; it
 * says nothing of the store's backend. Has no stack trace: it comes when there is much to do.
 */
public final class StoreBusyException extends RejectedExecutionException {
  private static final long serialVersionUID = 1L;

  /** Returns the failure. */
  public StoreBusyException() {
    super("As many calls to the store as may be are under way");
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
