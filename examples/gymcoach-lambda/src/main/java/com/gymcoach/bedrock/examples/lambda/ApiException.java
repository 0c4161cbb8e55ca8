package com.gymcoach.bedrock.examples.lambda;

import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.bedrockruntime.model.ServiceQuotaExceededException;

/** A request that is answered with an error. The message is written for the client to read. */
final class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1;
  final int status;
  final String error;

  ApiException(int status, String error, String message) {
    super(message, null, false, false); // an answer, not a fault: nobody reads its stack
    this.status = status;
    this.error = error;
  }

  /** Returns what a client is told of a failure. A service's own message may quote a prompt. */
  static ApiException of(RuntimeException failure) {
    if (failure instanceof ApiException told) {
      return told;
    }
    return failure instanceof ServiceQuotaExceededException
            || (failure instanceof SdkServiceException service && service.isThrottlingException())
        ? new ApiException(429, "Too Many Requests", "The model is busy: try again in a moment")
        : new ApiException(500, "Internal Server Error", "That did not work: try again");
  }
}
