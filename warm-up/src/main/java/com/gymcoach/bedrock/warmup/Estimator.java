package com.gymcoach.bedrock.warmup;

import com.gymcoach.bedrock.cache.PriceList;
import com.gymcoach.bedrock.cache.PriceTier;
import com.gymcoach.bedrock.cache.WireRequest;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.warmup.Estimate.Gap;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Estimates what calls cost from their requests alone. Tokenizers work on bytes, so a text has at
 * most as many tokens as bytes. The JSON around the text has more bytes than Bedrock adds tokens,
 * except for tools: these add a prompt to the input. Immutable.
 */
final class Estimator {
  /** The most recorded tokens beyond the bytes of a body with tools are 570. */
  static final int TOOLS = 1_000;

  /** A text rarely has fewer tokens: words of English have four to five bytes for each. */
  static final int MOST_BYTES_PER_TOKEN = 8;

  private final PriceList prices;
  private final long unstatedOutput;

  /**
   * Creates an estimator.
   *
   * @param unstatedOutput the limit of output tokens of requests that state none, or 0 for none
   */
  Estimator(PriceList prices, long unstatedOutput) {
    this.prices = prices;
    this.unstatedOutput = unstatedOutput;
  }

  Estimate of(WireRequest wire) {
    BodyFacts facts;
    try {
      facts = BodyFacts.of(wire.body());
    } catch (IOException notJson) { // then nothing is known of its output
      facts = new BodyFacts();
      facts.media = true;
    }
    long low = Math.max(1, wire.body().length / MOST_BYTES_PER_TOKEN);
    long high = wire.body().length + (facts.tools ? TOOLS : 0L);
    PriceTier tier =
        PriceTier.of(
            first(facts.latency, header(wire, "X-Amzn-Bedrock-PerformanceConfig-Latency")),
            first(facts.serviceTier, header(wire, "X-Amzn-Bedrock-Service-Tier")));
    long output = facts.outputTokens();
    boolean free = usd(wire, tier, 0, 1).orElse(1) == 0; // embeddings
    long outputHigh = free ? 0 : output > 0 ? output : unstatedOutput;
    OptionalDouble usdLow = usd(wire, tier, low, free ? 0 : 1);
    OptionalDouble usdHigh = usdHigh(wire, tier, facts, high, outputHigh);
    Gap gap =
        usdHigh.isEmpty()
            ? Gap.NO_PRICE
            : facts.media ? Gap.MEDIA : !free && outputHigh == 0 ? Gap.NO_OUTPUT_LIMIT : null;
    return new Estimate(low, high, outputHigh, usdLow.orElse(0), usdHigh.orElse(0), gap);
  }

  /** Writing a prompt to Bedrock's own cache may cost more than reading it. */
  private OptionalDouble usdHigh(
      WireRequest wire, PriceTier tier, BodyFacts facts, long input, long output) {
    OptionalDouble plain = usd(wire, tier, input, output);
    if (!facts.promptCache || plain.isEmpty()) {
      return plain;
    }
    OptionalDouble written =
        prices.usd(
            wire.modelId(),
            facts.longPromptCache ? PriceTier.OTHER : tier,
            new TokenUsage(0, output, 0, input));
    return written.isEmpty()
        ? written
        : OptionalDouble.of(Math.max(plain.getAsDouble(), written.getAsDouble()));
  }

  private OptionalDouble usd(WireRequest wire, PriceTier tier, long input, long output) {
    return prices.usd(wire.modelId(), tier, new TokenUsage(input, output, 0, 0));
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return one == null ? other : one;
  }

  private static @Nullable String header(WireRequest wire, String name) {
    return wire.headers().entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }
}
