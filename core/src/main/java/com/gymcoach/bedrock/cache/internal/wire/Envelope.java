package com.gymcoach.bedrock.cache.internal.wire;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.cache.spi.store.Markers;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An answer with its metadata, as stored.
 *
 * @param codec the number of the operation whose payload this is
 * @param modelId the model as the request named it
 * @param created when Bedrock gave the answer
 * @param expires when the answer's TTL ends
 * @param retainUntil the time until which the entry may still be served, stale answers included
 * @param markers the markers in force before Bedrock was called, including the namespace's
 * @param usage the tokens that the answer cost, or null if it does not say
 * @param payload the response as Bedrock sent it
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
