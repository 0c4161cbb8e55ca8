package com.gymcoach.bedrock.examples.lambda;

import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;

/** A request that is answered with an error. The message is shown to the client. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;
  final int status;
  final String error;
  final transient Map<String, String> headers;

  private ApiException(int status, String error, String message, Map<String, String> headers) {
    super(message, null, false, false); // an answer, not a fault: its stack trace is not needed
    this.status = status;
    this.error = error;
    this.headers = headers;
  }

  ApiException(int status, String error, String message) {
    this(status, error, message, Map.of());
  }

  static ApiException badRequest(String message) {
    return new ApiException(400, "Bad Request", message);
  }

  static ApiException wrongMethod(String right) {
    String allow = right.equals("GET") ? "GET, HEAD" : right;
    return new ApiException(405, "Method Not Allowed", "Use " + right, Map.of("Allow", allow));
  }

  /** Rounds up, so that a client that waits as told is not refused again. */
  static ApiException quotaUsedUp(Duration left) {
    long seconds = left.plusNanos(999_999_999).toSeconds();
    return new ApiException(
        429,
        "Too Many Requests",
        "You have asked as many questions as you may this hour: try again in "
            + (seconds + 59) / 60
            + " min",
        Map.of("Retry-After", String.valueOf(seconds)));
  }

  /**
   * Returns the error to show to the client. Leaves out the message of a service, which may quote
   * the prompt.
   */
  static ApiException of(RuntimeException e) {
    if (e instanceof ApiException told) {
      return told;
    } else if (e instanceof ServiceQuotaExceededException
        || (e instanceof SdkServiceException service && service.isThrottlingException())) {
      return new ApiException(429, "Too Many Requests", "The model is busy: try again in a moment");
    }
    return new ApiException(500, "Internal Server Error", "That did not work: try again");
  }
}
