package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import com.gymcoach.bedrock.cache.internal.stream.StreamSettings;
import java.util.function.Supplier;

/**
 * What all async calls of a cache have in common.
 *
 * @param contexts captures the context of the current thread
 * @param waiting never blocks
 */
public record AsyncCaller(
    Supplier<CallerContext> contexts, WaitStrategy waiting, StreamSettings streams) {}
