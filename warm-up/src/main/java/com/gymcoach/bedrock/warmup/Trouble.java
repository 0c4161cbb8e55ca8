package com.gymcoach.bedrock.warmup;

import java.util.Locale;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Kinds of failures of a call, by what a warm-up does about them. */
enum Trouble {
  /** Bedrock is too busy: call again, more slowly. Not billed. */
  THROTTLED,
  /** The caller may not call: every other call would fail too. Not billed. */
  NO_ACCESS,
  /** Bedrock refused the request. Not billed. */
  REJECTED,
  /** Bedrock failed, could not be reached, or took too long. May have been billed. */
  FAILED;

  private static final Set<String> ABOUT_ACCESS =
      Set.of("ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException");

  /** Returns the kind of a failure as a client throws it. */
  static Trouble of(Throwable thrown) {
    if (thrown instanceof SdkServiceException service) {
      int status = service.statusCode();
      if (status == 429 || service.isThrottlingException() || isQuota(service)) {
        return THROTTLED;
      } else if (status == 401 || status == 403 || isAboutAccess(service)) {
        return NO_ACCESS;
      }
      // 408 and 424: the model was asked, and did not answer in time or failed
      return status >= 400 && status < 500 && status != 408 && status != 424 ? REJECTED : FAILED;
    }
    String message = thrown instanceof SdkClientException ? thrown.getMessage() : null;
    return message != null && message.toLowerCase(Locale.ROOT).contains("credential")
        ? NO_ACCESS
        : FAILED;
  }

  private static boolean isQuota(SdkServiceException service) {
    return code(service).equals("ServiceQuotaExceededException");
  }

  private static boolean isAboutAccess(SdkServiceException service) {
    return ABOUT_ACCESS.contains(code(service));
  }

  private static String code(SdkServiceException service) {
    return service instanceof AwsServiceException aws
            && aws.awsErrorDetails() != null
            && aws.awsErrorDetails().errorCode() != null
        ? aws.awsErrorDetails().errorCode()
        : "";
  }
}
