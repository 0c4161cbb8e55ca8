package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.OptionalOperation;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequest;
import software.amazon.awssdk.awscore.AwsResponse;

/**
 * An operation that is cached only if asked for, and is not billed by token.
 *
 * @param <Q> the request
 * @param <R> the response
 */
abstract class UnbilledByToken<Q extends AwsRequest, R extends AwsResponse>
    extends JsonResponse<Q, R> {
  private final OptionalOperation optIn;

  UnbilledByToken(OptionalOperation optIn) {
    this.optIn = optIn;
  }

  @Override
  public final OptionalOperation optIn() {
    return optIn;
  }

  @Override
  public final @Nullable CacheReason admission(Q request, R response, OptIns optIns) {
    if (ResponseHttp.status(response) != 200) {
      return CacheReason.NOT_SUCCESSFUL;
    } else if (!isComplete(response)) {
      return CacheReason.INCOMPLETE_BODY;
    }
    return UnknownContent.isIn(response) ? CacheReason.UNKNOWN_CONTENT : null;
  }

  /** Returns whether a response has what the operation is called for. */
  abstract boolean isComplete(R response);

  @Override
  public final @Nullable TokenUsage usage(R response) {
    return null;
  }

  @Override
  public final PriceTier tier(R response) {
    return PriceTier.STANDARD;
  }
}
