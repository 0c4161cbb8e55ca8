package com.gymcoach.bedrock.cache.internal.sdk;

/**
 * An answer as held in memory for other callers: the modelled members, the status, the headers
 * worth replaying and the response metadata. It holds nothing else of its HTTP exchange: no
 * request, connection, credentials or content stream.
 *
 * <p>Callers get the result of {@link CacheableOperation#handOut}, never this response itself.
 *
 * @param response the answer, without an outcome; no caller holds its byte arrays
 * @param hasBytes whether the response has byte arrays, so that each caller needs a copy
 * @param weight the heap size of the answer in the hot tier, in bytes
 */
public record Kept<R>(R response, boolean hasBytes, int weight) {}
