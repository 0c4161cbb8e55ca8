package com.gymcoach.bedrock.dynamodb;

import java.util.concurrent.CompletionException;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** What is said of a failure. */
final class Failures {
  private Failures() {}

  /** Returns what went wrong, without what a stage wraps around it. */
  static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** Returns the error's name; its message may name a principal or a key. */
  static String name(Throwable thrown) {
    Throwable failure = bare(thrown);
    return failure instanceof AwsServiceException service
            && service.awsErrorDetails() != null
            && service.awsErrorDetails().errorCode() != null
        ? service.awsErrorDetails().errorCode()
        : failure.getClass().getSimpleName();
  }
}
