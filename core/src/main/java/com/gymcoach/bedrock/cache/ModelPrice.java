package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * The price of a model's tokens, in USD per million.
 *
 * @param input tokens read
 * @param output tokens written
 * @param cacheRead tokens read from Bedrock's prompt cache, or null if that price is not known
 * @param cacheWrite tokens written to Bedrock's prompt cache, or null if that price is not known
 */
public record ModelPrice(
    double input, double output, @Nullable Double cacheRead, @Nullable Double cacheWrite) {
  private static final double MILLION = 1e6;

  /** Checks that every price is a finite number, zero or more. */
  public ModelPrice {
    require(input);
    require(output);
    require(cacheRead == null ? 0 : cacheRead);
    require(cacheWrite == null ? 0 : cacheWrite);
  }

  /** Returns the price of a model whose prompts Bedrock does not cache. */
  public static ModelPrice of(double input, double output) {
    return new ModelPrice(input, output, null, null);
  }

  /** Returns the cost of these tokens in USD, or empty if some of them have no known price. */
  public OptionalDouble usd(TokenUsage usage) {
    if ((usage.cacheRead() > 0 && cacheRead == null)
        || (usage.cacheWrite() > 0 && cacheWrite == null)) {
      return OptionalDouble.empty();
    }
    double read = cacheRead == null ? 0 : cacheRead * usage.cacheRead();
    double written = cacheWrite == null ? 0 : cacheWrite * usage.cacheWrite();
    return OptionalDouble.of(
        (input * usage.input() + output * usage.output() + read + written) / MILLION);
  }

  private static void require(double price) {
    if (!(price >= 0) || Double.isInfinite(price)) {
      throw new IllegalArgumentException(
          "A price is " + price + ": give USD per million tokens, zero or more");
    }
  }
}
