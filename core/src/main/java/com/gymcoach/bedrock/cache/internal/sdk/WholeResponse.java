package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheOutcome;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;

/**
 * An operation whose answer is one response.
 *
 * @param <Q> the request
 * @param <R> the response
 */
abstract class WholeResponse<Q extends AwsRequest, R extends AwsResponse>
    extends CacheableOperation<Q, R> {

  @Override
  public final R head(R response) {
    return response;
  }

  @Override
  public final Kept<R> keep(R response) {
    SdkSize size = SdkSize.of(response); // a copy's is the same
    R bare = ResponseHttp.bare(response);
    return kept(size.holdsChangeable() ? withOwnBytes(bare) : bare, size);
  }

  @Override
  public final Kept<R> kept(R own) {
    return kept(own, SdkSize.of(own));
  }

  private Kept<R> kept(R own, SdkSize size) {
    long bytes = OBJECT_OVERHEAD + ResponseHttp.size(own) + size.bytes();
    return new Kept<>(own, size.holdsBytes(), SdkSize.bounded(bytes));
  }

  @Override
  R withOwnBytes(R response) {
    return SdkCopy.of(response);
  }

  @Override
  public final R tagged(R response, CacheOutcome outcome) {
    return ResponseHttp.tagged(response, outcome);
  }
}
