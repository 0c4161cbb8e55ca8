package com.gymcoach.bedrock.cache.internal.tier;

import com.gymcoach.bedrock.cache.internal.engine.Fence;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import org.jspecify.annotations.Nullable;

/**
 * An answer in memory: the SDK's own immutable response, as it came.
 *
 * @param response without an outcome
 * @param life when it was made and how long it is good for
 * @param fence what it was made under
 * @param usage the tokens that it cost
 * @param usd what Bedrock asks for it, worked out once; no number where that is not known
 * @param weight the bytes that it is taken to hold
 */
public record HotEntry(
    Object response, Life life, Fence fence, @Nullable TokenUsage usage, double usd, int weight) {}
