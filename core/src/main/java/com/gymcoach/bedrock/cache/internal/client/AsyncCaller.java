package com.gymcoach.bedrock.cache.internal.client;

import com.gymcoach.bedrock.cache.internal.call.WaitStrategy;
import java.util.function.Supplier;

/**
 * The side of an async caller: where its call continues, and in which context.
 *
 * @param contexts captures the context of the current thread
 * @param waiting never blocks
 */
public record AsyncCaller(Supplier<CallerContext> contexts, WaitStrategy waiting) {}
