package com.gymcoach.bedrock.cache.spi;

import org.jspecify.annotations.Nullable;

/**
 * What one call cost, or would have.
 *
 * @param modelUsd what Bedrock asks for the answer, made now or spared; null where the model, its
 *     tier or the tokens have no price, or nobody answered
 * @param storeUsd what the store asked for this call
 * @param savedUsd what the call saved: {@code modelUsd} where Bedrock was spared it, less {@code
 *     storeUsd}; of a call that the cache itself made behind callers' backs, less both
 */
public record CallCost(@Nullable Double modelUsd, double storeUsd, double savedUsd) {
  /** The cost of a call that cost nothing and has no price. */
  public static final CallCost NONE = new CallCost(null, 0, 0);
}
