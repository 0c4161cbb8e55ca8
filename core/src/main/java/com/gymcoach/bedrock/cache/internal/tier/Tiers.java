package com.gymcoach.bedrock.cache.internal.tier;

import org.jspecify.annotations.Nullable;

/**
 * The places in which answers are kept.
 *
 * @param hot this process's memory
 * @param warm the store, or null if there is none
 */
public record Tiers(HotTier hot, @Nullable WarmTier warm) {}
