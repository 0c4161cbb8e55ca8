package com.gymcoach.bedrock.cache.internal.sdk;

import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * A copy of a request that no caller can change. It has no override configuration, which may hold
 * credentials.
 *
 * @param request the copy
 * @param bytes roughly how many bytes of heap the copy takes
 */
public record RequestCopy(AwsRequest request, long bytes) {
  /** Copies a request, all but its override configuration. */
  public static RequestCopy of(AwsRequest request) {
    AwsRequest.Builder builder = request.toBuilder();
    builder.overrideConfiguration((AwsRequestOverrideConfiguration) null);
    AwsRequest copy = SdkCopy.of(builder.build());
    return new RequestCopy(copy, SdkSize.of(copy).bytes());
  }
}
