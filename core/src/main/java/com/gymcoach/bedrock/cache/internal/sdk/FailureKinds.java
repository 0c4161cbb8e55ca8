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

/**
 * Classifies failures of calls: whether a failure concerns every caller, and whether it may be
 * temporary.
 */
public final class FailureKinds {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_SERVER_ERROR = 500;

  /** The maximum depth to which causes are examined, because a cause may be its own cause. */
  private static final int MAX_CAUSES = 8;

  /**
   * Error codes about the caller's credentials, signature or clock, whatever the HTTP status: those
   * on AWS's page "Common Error Types" and their older spellings.
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

  /**
   * Returns the failure without the wrapper that a stage or the SDK's async client puts around it.
   */
  private static Throwable bare(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /**
   * Returns whether another caller would have got the same failure for the same request, because
   * Bedrock rejected it or could not be reached. A failure of the caller's own client, such as its
   * credentials, time limit or connection pool, concerns that caller only.
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

  /** Returns whether Bedrock throttled the call, did not answer in time, or failed internally. */
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
   * Returns whether a failure is Bedrock's own. A client may also pass on the failure of another
   * service that supplies its credentials, such as STS.
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

  /**
   * Returns whether credentials could not be obtained. The SDK has no exception for this, but
   * mentions credentials in its message.
   */
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

  /**
   * Returns whether the connection pool was exhausted, which Apache's clients report with their own
   * I/O exceptions.
   */
  private static boolean isOfAConnectionPool(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    return name.equals("ConnectionPoolTimeoutException")
        || name.equals("ConnectionRequestTimeoutException");
  }
}
