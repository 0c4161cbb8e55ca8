package com.gymcoach.bedrock.dynamodb;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Unwraps and names failures. */
final class Failures {
  private Failures() {}

  /** Returns the cause of a {@link CompletionException}, or the exception itself. */
  static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Returns whether a caller's interrupt ended the call, which says nothing about the table. */
  static boolean isOfAnInterrupt(@Nullable Throwable thrown) {
    return thrown != null && bare(thrown) instanceof CallerInterruptedException;
  }

  /** Ends a look-up whose caller was interrupted. */
  static final class CallerInterruptedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallerInterruptedException(Throwable cause) {
      super("The caller was interrupted during its look-up", cause, false, false);
    }
  }

  /**
   * Returns the error code or the class name. Never the message, which may contain a principal or a
   * key.
   */
  static String name(Throwable thrown) {
    Throwable failure = bare(thrown);
    return failure instanceof AwsServiceException service
            && service.awsErrorDetails() != null
            && service.awsErrorDetails().errorCode() != null
        ? service.awsErrorDetails().errorCode()
        : failure.getClass().getSimpleName();
  }
}
