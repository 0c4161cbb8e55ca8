package com.gymcoach.bedrock.cache.internal.sdk;

/**
 * An answer as it is held for other callers: the modelled members, the status, the headers worth
 * replaying and the response metadata. Nothing of the HTTP exchange that it came in hangs on it: no
 * request, no connection, no credentials, no content stream.
 *
 * <p>A caller is given {@link CacheableOperation#handOut}, never the response itself.
 *
 * @param response the answer, without an outcome; no caller holds its byte arrays
 * @param hasBytes whether there are byte arrays, so that each caller needs a copy
 * @param weight the bytes of heap that it takes in the hot tier
 */
public record Kept<R>(R response, boolean hasBytes, int weight) {}
