package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.PriceList;
import java.util.OptionalDouble;

/** Makes the calls of a warm-up, blocking. Thread-safe. */
interface BedrockCaller {

  /**
   * An answered call.
   *
   * @param kept whether the answer is kept now, in memory or in the store
   * @param stored whether the store acknowledged it; never for a stream, which does not say
   * @param usd what Bedrock charged for it, or empty if that is not known
   */
  record Answered(CacheOutcome outcome, boolean kept, boolean stored, OptionalDouble usd) {
    static Answered of(CacheOutcome outcome, OptionalDouble usd) {
      return new Answered(outcome, outcome.kept() || outcome.stored(), outcome.stored(), usd);
    }
  }

  /** Returns whether this caller can make a line's call. */
  boolean supports(RequestLine line);

  /** Returns how the cache would answer, without calling Bedrock. */
  CacheOutcome lookUp(RequestLine line);

  /**
   * Calls Bedrock, unless the cache has the answer by now.
   *
   * @throws RuntimeException as the client throws it
   * @throws InterruptedException if the thread is interrupted; the call is then cancelled
   */
  Answered ask(RequestLine line, PriceList prices) throws InterruptedException;
}
