package com.gymcoach.bedrock.cache.spi;

import com.gymcoach.bedrock.cache.CacheOutcome;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call, told once, when it ends. Holds no prompt, no answer and nobody's id.
 *
 * @param operation {@code Converse} or {@code InvokeModel}
 * @param endpoint the service's own name for the use; {@code default} where it gave none
 * @param modelId the model as the request named it
 * @param outcome what the caller was told
 * @param latency from the call's start to its end
 * @param usage the tokens that the answer cost when it was made, or null where it does not say
 * @param envelopeBytes the size of the entry read from or written to the warm tier, 0 for none
 * @param faults what went wrong on the way without the caller noticing
 * @param failed whether the call ended in an exception
 */
public record CacheEvent(
    String operation,
    String endpoint,
    String modelId,
    CacheOutcome outcome,
    Duration latency,
    @Nullable TokenUsage usage,
    int envelopeBytes,
    Set<CacheFault> faults,
    boolean failed) {}
