package com.gymcoach.bedrock.cache.spi.metrics;

/**
 * The tokens that Bedrock counted for an answer.
 *
 * @param input tokens read, not counting those served by Bedrock's own prompt cache
 * @param output tokens written
 * @param cacheRead tokens read from Bedrock's prompt cache
 * @param cacheWrite tokens written to Bedrock's prompt cache
 */
public record TokenUsage(long input, long output, long cacheRead, long cacheWrite) {}
