package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.CacheOutcome;
import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.Explanation;
import com.gymcoach.bedrock.cache.PriceList;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.SdkServiceClientConfiguration;
import software.amazon.awssdk.retries.api.RetryStrategy;

/** Makes the calls of a warm-up, blocking. Thread-safe. */
interface BedrockCaller {

  /**
   * An answered call.
   *
   * @param kept whether the answer is kept now, in memory or in the store
   * @param stored whether the store acknowledged it; never for a stream, which does not say
   * @param why why it is not kept, {@code NOT_STATED} if that is not known
   * @param usd what Bedrock charged for it, or empty if that is not known
   */
  record Answered(
      CacheOutcome outcome, boolean kept, boolean stored, String why, OptionalDouble usd) {
    static Answered of(CacheOutcome outcome, OptionalDouble usd) {
      return new Answered(
          outcome,
          outcome.kept() || outcome.stored(),
          outcome.stored(),
          why(outcome.reason().orElse(null)),
          usd);
    }

    /**
     * Returns an answered stream: it tells its outcome at its begin, before it is known whether it
     * is kept.
     *
     * @param later a look-up after its end
     */
    static Answered stream(CacheOutcome begun, CacheOutcome later, OptionalDouble usd) {
      Explanation explained = later.explanation().orElse(null);
      return new Answered(
          begun,
          !begun.cached() && later.cached(),
          false,
          why(
              explained != null && explained.cause() == Explanation.Cause.REFUSED
                  ? explained.reason()
                  : begun.reason().orElse(null)),
          usd);
    }

    private static String why(@Nullable CacheReason reason) {
      return reason == null || reason == CacheReason.ABSENT ? "NOT_STATED" : reason.name();
    }
  }

  /** Thrown for a stream that fails after its begin. */
  final class BrokenStreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final RuntimeException failure;

    BrokenStreamException(RuntimeException failure) {
      super("The stream failed after its begin", failure);
      this.failure = failure;
    }

    RuntimeException failure() {
      return failure;
    }
  }

  /** Returns how many requests the client may send for one call, 1 if it does not say. */
  int attempts();

  /**
   * Returns how many requests a client may send for one call.
   *
   * @param configuration returns the client's configuration
   */
  static int attempts(Supplier<SdkServiceClientConfiguration> configuration) {
    try {
      return configuration
          .get()
          .overrideConfiguration()
          .retryStrategy()
          .map(RetryStrategy::maxAttempts)
          .orElse(1);
    } catch (RuntimeException untold) { // such as a decorator's, which has no configuration
      return 1;
    }
  }

  /** Returns whether this caller can make a line's call. */
  boolean supports(RequestLine line);

  /** Returns how the cache would answer, without calling Bedrock. */
  CacheOutcome lookUp(RequestLine line);

  /**
   * Calls Bedrock, unless the cache has the answer by now.
   *
   * @throws RuntimeException as the client throws it, or {@link BrokenStreamException} around it
   * @throws InterruptedException if the thread is interrupted; the call is then cancelled
   */
  Answered ask(RequestLine line, PriceList prices) throws InterruptedException;
}
