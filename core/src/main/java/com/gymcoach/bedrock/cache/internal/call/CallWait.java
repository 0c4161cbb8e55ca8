package com.gymcoach.bedrock.cache.internal.call;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long and in which way a call may wait, and where its waits are recorded.
 *
 * @param timeout the call's whole time limit, or null for none
 */
public record CallWait(WaitStrategy strategy, CallRecord log, @Nullable Duration timeout) {}
