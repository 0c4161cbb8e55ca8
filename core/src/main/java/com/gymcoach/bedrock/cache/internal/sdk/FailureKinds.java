package com.gymcoach.bedrock.cache.internal.sdk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.bedrockruntime.model.BedrockRuntimeException;

/** Tells the ways in which a call fails apart: whom a failure concerns, and whether it may pass. */
public final class FailureKinds {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  /** How deep a failure is looked into: a cause may be its own. */
  private static final int MAX_CAUSES = 8;

  /**
   * Error codes that judge the caller's credentials, signature or clock, whatever the HTTP status:
   * those of AWS's page "Common Error Types", and their older spellings.
   */
  private static final Set<String> ABOUT_THE_CALLER =
      Set.of(
          "AccessDenied",
          "AccessDeniedException",
          "AuthFailure",
          "ExpiredToken",
          "ExpiredTokenException",
          "IncompleteSignature",
          "IncompleteSignatureException",
          "InvalidAccessKeyId",
          "InvalidClientTokenId",
          "InvalidIdentityToken",
          "InvalidSignatureException",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "NotAuthorized",
          "OptInRequired",
          "RequestExpired",
          "RequestTimeTooSkewed",
          "SignatureDoesNotMatch",
          "TokenRefreshRequired",
          "UnauthorizedException",
          "UnauthorizedOperation",
          "UnrecognizedClientException");

  private FailureKinds() {}

  /** Returns what went wrong, without what a stage, or the SDK's async client, wraps around it. */
  private static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /**
   * Returns whether another caller would have met the same failure with the same request: Bedrock
   * said no, or could not be reached. A failure of the caller's own client, such as its
   * credentials, time limit or connection pool, concerns that caller alone.
   */
  public static boolean concernsEveryCaller(Throwable thrown) {
    Throwable failure = bare(thrown);
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return false;
    }
    return failure instanceof SdkServiceException service
        ? isBedrocks(service) && !isAboutTheCaller(service)
        : isOfTheNetwork(failure);
  }

  /** Returns whether Bedrock throttled the call, did not answer in time, or failed itself. */
  public static boolean isServiceTrouble(Throwable thrown) {
    Throwable failure = bare(thrown);
    if (failure instanceof SdkServiceException service) {
      int status = service.statusCode();
      return status >= FIRST_SERVER_ERROR
          || status == TOO_MANY_REQUESTS
          || status == REQUEST_TIMEOUT
          || service.isThrottlingException();
    }
    return failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || failure.getCause() instanceof SocketTimeoutException;
  }

  /**
   * A client's credentials may come from another service, such as STS, whose failure it passes on.
   */
  private static boolean isBedrocks(SdkServiceException failure) {
    return failure instanceof BedrockRuntimeException
        || !failure.getClass().getName().startsWith("software.amazon.awssdk.services.");
  }

  private static boolean isAboutTheCaller(SdkServiceException failure) {
    int status = failure.statusCode();
    return status == UNAUTHORIZED
        || status == FORBIDDEN
        || (failure instanceof AwsServiceException aws && isAboutTheCaller(aws.awsErrorDetails()));
  }

  private static boolean isAboutTheCaller(@Nullable AwsErrorDetails details) {
    return details != null
        && details.errorCode() != null
        && ABOUT_THE_CALLER.contains(details.errorCode());
  }

  private static boolean isOfTheNetwork(Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      if (isOfCredentials(cause) || isOfAnInterrupt(cause) || isOfAConnectionPool(cause)) {
        return false;
      }
      if (cause instanceof IOException) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /** The SDK has no exception for credentials that cannot be had, but names them in its message. */
  private static boolean isOfCredentials(Throwable failure) {
    String message = failure instanceof SdkClientException ? failure.getMessage() : null;
    return message != null && message.toLowerCase(Locale.ROOT).contains("credential");
  }

  private static boolean isOfAnInterrupt(Throwable failure) {
    return failure instanceof AbortedException
        || failure instanceof ClosedByInterruptException
        || (failure instanceof InterruptedIOException
            && !(failure instanceof SocketTimeoutException));
  }

  /** Apache's clients say so by an I/O exception of their own: all connections are taken. */
  private static boolean isOfAConnectionPool(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    return name.equals("ConnectionPoolTimeoutException")
        || name.equals("ConnectionRequestTimeoutException");
  }
}
