package com.gymcoach.bedrock.cache.spi.metrics;

import org.jspecify.annotations.Nullable;

/**
 * The cost and saving of one call.
 *
 * @param modelUsd Bedrock's price of the answer in USD, whether charged or saved; null if the
 *     model, its tier or the tokens have no price, or if the call had no answer
 * @param storeUsd the cost of the store's units for this call, in USD
 * @param savedUsd the saving in USD: {@code modelUsd} if the call avoided a call to Bedrock,
 *     otherwise zero, less {@code storeUsd}; for a background refresh, minus the sum of both
 */
public record CallCost(@Nullable Double modelUsd, double storeUsd, double savedUsd) {
  /** The cost of a call without a price that did not use the store. */
  public static final CallCost NONE = new CallCost(null, 0, 0);
}
