package com.gymcoach.bedrock.examples.lambda;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;

/** A request that is answered with an error. The message is shown to the client. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;
  final int status;
  final String error;
  final @Nullable String allow;

  private ApiException(int status, String error, String message, @Nullable String allow) {
    super(message, null, false, false); // an answer, not a fault: its stack trace is not needed
    this.status = status;
    this.error = error;
    this.allow = allow;
  }

  ApiException(int status, String error, String message) {
    this(status, error, message, null);
  }

  static ApiException badRequest(String message) {
    return new ApiException(400, "Bad Request", message);
  }

  static ApiException wrongMethod(String right) {
    return new ApiException(405, "Method Not Allowed", "Use " + right, right);
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
