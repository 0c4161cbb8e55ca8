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
  final R rebuilt(R response) {
    return Replay.rebuilt(response);
  }

  @Override
  public final Kept<R> kept(R own) {
    SdkSize size = SdkSize.of(own);
    long bytes = OBJECT_OVERHEAD + Replay.size(own) + size.bytes();
    return new Kept<>(own, size.holdsBytes(), SdkSize.bounded(bytes));
  }

  @Override
  R withOwnBytes(R response) {
    return SdkCopy.of(response);
  }

  @Override
  public final R tagged(R response, CacheOutcome outcome) {
    return Replay.tagged(response, outcome);
  }
}
