package com.gymcoach.bedrock.cache.internal.wire;

import com.gymcoach.bedrock.cache.spi.Markers;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An answer with all that is kept beside it.
 *
 * @param codec which operation's payload it is
 * @param modelId the model as the request named it
 * @param created when Bedrock gave the answer
 * @param expires when it stops being good
 * @param retainUntil until when the entry is of any use
 * @param markers those in force before Bedrock was asked, the namespace's included
 * @param usage the tokens that the answer cost, or null where it does not say
 * @param payload what Bedrock sent
 */
public record Envelope(
    int codec,
    String modelId,
    Instant created,
    Instant expires,
    Instant retainUntil,
    Markers markers,
    @Nullable TokenUsage usage,
    Payload payload) {}
