package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.engine.Fence;
import com.gymcoach.bedrock.cache.internal.sdk.Kept;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * An answer in memory.
 *
 * @param answer what is held of it
 * @param lifetime when it was made and how long it is good for
 * @param fence what it was made under
 * @param usage the tokens that it cost
 * @param usd what Bedrock asks for it, worked out once; no number where that is not known
 */
public record HotEntry(
    Kept<?> answer, Lifetime lifetime, Fence fence, @Nullable TokenUsage usage, double usd) {
  /** Returns the bytes that it is taken to hold. */
  int weight() {
    return answer.weight();
  }
}
