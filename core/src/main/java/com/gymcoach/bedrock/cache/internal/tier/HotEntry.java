package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.fence.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.internal.time.Lifetime;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * An answer held in memory.
 *
 * @param answer the form in which the answer is held
 * @param lifetime when the answer was made and how long it is fresh
 * @param fence the fence under which it was made
 * @param usage the tokens it cost
 * @param usd Bedrock's price for it, computed once; NaN if unknown
 */
public record HotEntry(
    Kept<?> answer, Lifetime lifetime, Fence fence, @Nullable TokenUsage usage, double usd) {
  /** Returns the estimated size in bytes. */
  int weight() {
    return answer.weight();
  }
}
