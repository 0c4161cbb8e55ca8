package com.gymcoach.bedrock.cache.internal.engine;

import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;

/** Tells the failures that concern the one who made the call from those of the service. */
final class LeaderOnly {
  private LeaderOnly() {}

  /** Returns whether another caller might have fared better with the same request. */
  static boolean concerns(Throwable thrown) {
    Throwable failure = Result.bare(thrown);
    return failure instanceof Error
        || failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || failure instanceof AbortedException
        || failure instanceof CancellationException
        || failure instanceof RejectedExecutionException
        || failure instanceof InterruptedException
        || failure.getCause() instanceof RejectedExecutionException
        || failure.getCause() instanceof InterruptedException;
  }
}
