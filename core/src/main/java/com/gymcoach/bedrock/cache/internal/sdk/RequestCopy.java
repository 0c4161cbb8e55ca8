package com.gymcoach.bedrock.cache.internal.sdk;

import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * A copy of a request that no caller can change. It has no override configuration, because that may
 * contain credentials.
 *
 * @param request the copy
 * @param bytes the approximate heap size of the copy, in bytes
 */
public record RequestCopy(AwsRequest request, long bytes) {
  /** Returns an equal request, with its override configuration, that no caller can change. */
  public static <Q extends AwsRequest> Q withOverrides(Q request) {
    return SdkCopy.of(request);
  }

  /** Copies a request without its override configuration. */
  public static RequestCopy of(AwsRequest request) {
    AwsRequest.Builder builder = request.toBuilder();
    builder.overrideConfiguration((AwsRequestOverrideConfiguration) null);
    AwsRequest copy = SdkCopy.of(builder.build());
    return new RequestCopy(copy, SdkSize.of(copy).bytes());
  }
}
