package com.gymcoach.bedrock.testkit;

import software.amazon.awssdk.core.exception.SdkClientException;

/**
 * Thrown by a client of {@link RecordedBedrock} for a call that is not recorded, if Bedrock must
 * not be asked. The message names the test, the operation, the model, the file and the command that
 * records the call. It contains nothing of the request.
 */
public final class UnrecordedCallException extends SdkClientException {
  private static final long serialVersionUID = 1L;

  private UnrecordedCallException(Builder builder) {
    super(builder);
  }

  static UnrecordedCallException of(String message) {
    return new UnrecordedCallException(SdkClientException.builder().message(message));
  }

  @Override
  public boolean retryable() {
    return false;
  }
}
