package com.gymcoach.bedrock.cache.internal.engine;

import java.net.SocketTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkServiceException;

/** Tells trouble of the service's, which may pass, from what is wrong with the request. */
final class ServiceTrouble {
  private static final int REQUEST_TIMEOUT = 408;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int FIRST_OF_THE_SERVER = 500;

  private ServiceTrouble() {}

  /** Returns whether Bedrock throttled the call, did not answer in time, or failed itself. */
  static boolean is(Throwable thrown) {
    Throwable failure = Result.bare(thrown);
    if (failure instanceof SdkServiceException service) {
      int status = service.statusCode();
      return status >= FIRST_OF_THE_SERVER
          || status == TOO_MANY_REQUESTS
          || status == REQUEST_TIMEOUT
          || service.isThrottlingException();
    }
    return failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException
        || failure.getCause() instanceof SocketTimeoutException;
  }
}
