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
 * @param converted whether it was converted from the other form, see {@link BothForms}; never in
 *     the hot tier, which holds what Bedrock sent
 */
public record Kept<R>(R response, boolean hasBytes, int weight, boolean converted) {
  /** Returns an answer in the form in which Bedrock sent it. */
  public Kept(R response, boolean hasBytes, int weight) {
    this(response, hasBytes, weight, false);
  }

  /** Returns the same answer, converted from the other form. */
  Kept<R> asConverted() {
    return new Kept<>(response, hasBytes, weight, true);
  }
}
