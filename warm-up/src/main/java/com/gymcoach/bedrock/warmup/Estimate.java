package com.gymcoach.bedrock.warmup;

import org.jspecify.annotations.Nullable;

/**
 * The possible cost of a call.
 *
 * @param inputLow the lower estimate of its input tokens
 * @param inputHigh the upper limit of its input tokens
 * @param outputHigh the upper limit of its output tokens, or 0 if output costs nothing
 * @param usdLow the cost of {@code inputLow} and one token of output
 * @param usdHigh the cost of {@code inputHigh} and {@code outputHigh}
 * @param gap why there is no upper limit of the cost, or null; the figures above then leave out
 *     what is not known
 */
record Estimate(
    long inputLow,
    long inputHigh,
    long outputHigh,
    double usdLow,
    double usdHigh,
    @Nullable Gap gap) {

  /** Why the cost of a call has no known limit. */
  enum Gap {
    /** The price list has no price for the model, its tier or its kind of tokens. */
    NO_PRICE,
    /**
     * The request contains an image, a document, a tool of the model's maker or the like, whose
     * tokens its bytes do not tell.
     */
    MEDIA,
    /** The request limits the tokens of its answer neither in a member known to us nor at all. */
    NO_OUTPUT_LIMIT
  }
}
