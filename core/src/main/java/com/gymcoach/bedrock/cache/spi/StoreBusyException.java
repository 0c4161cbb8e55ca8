package com.gymcoach.bedrock.cache.spi;

import java.util.concurrent.RejectedExecutionException;

/**
 * What a store fails with that has not asked its backend: as many calls as may be are under way, or
 * this one has waited for its turn as long as it may. The cache counts the two apart; neither says
 * anything of the backend. Has no stack trace: it comes when there is much to do.
 */
public final class StoreBusyException extends RejectedExecutionException {
  private static final long serialVersionUID = 1L;

  private final boolean waited;

  /** Returns the failure of a call that was refused at once. */
  public StoreBusyException() {
    this("As many calls to the store as may be are under way", false);
  }

  private StoreBusyException(String message, boolean waited) {
    super(message);
    this.waited = waited;
  }

  /** Returns the failure of a call whose turn on the store's threads came too late. */
  public static StoreBusyException afterWaiting() {
    return new StoreBusyException("The call's turn on the store's threads came too late", true);
  }

  /** Returns whether the call has waited for its turn, and in vain. */
  public boolean hasWaited() {
    return waited;
  }

  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
