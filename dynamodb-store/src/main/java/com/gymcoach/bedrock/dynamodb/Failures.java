package com.gymcoach.bedrock.dynamodb;

import com.gymcoach.bedrock.cache.spi.store.StoreFailure;
import java.util.concurrent.CompletionException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Unwraps, names and classifies failures. */
final class Failures {
  private Failures() {}

  /** Returns the cause of a {@link CompletionException}, or the exception itself. */
  static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Returns how a failure counts: a caller's interrupt says nothing about the table. */
  static StoreFailure classified(Throwable thrown) {
    String name = name(thrown);
    return new StoreFailure(
        name,
        bare(thrown) instanceof CallerInterruptedException
            ? StoreFailure.Kind.UNRELATED
            : kind(name));
  }

  private static StoreFailure.Kind kind(String name) {
    return switch (name) {
      case "AccessDeniedException", "ResourceNotFoundException", "ValidationException" ->
          StoreFailure.Kind.PERMANENT;
      // Failures that a client can recover from by itself are not permanent: a wrong clock (the SDK
      // corrects its own after such a refusal) and credentials that are being replaced.
      default -> StoreFailure.Kind.ORDINARY;
    };
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
