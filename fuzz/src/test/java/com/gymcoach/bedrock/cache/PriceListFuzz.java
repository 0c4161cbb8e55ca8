package com.gymcoach.bedrock.cache;

import static com.gymcoach.bedrock.fuzz.Checks.require;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import com.gymcoach.bedrock.fuzz.Bounds;
import com.gymcoach.bedrock.fuzz.Checks;
import com.gymcoach.bedrock.fuzz.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Price lists: read or refused as documented, with a message that says what is wrong. No price of a
 * list that was read is negative or not a number.
 */
public final class PriceListFuzz implements Target {
  private static final int PER_BYTE = 512;
  private static final int BASE = 64 * 1_024;
  private static final TokenUsage USAGE = new TokenUsage(300_000, 1, 0, 0);

  @Override
  public List<byte[]> seeds() {
    return Checks.texts(
        "{\"date\":\"2026-10-07\",\"sources\":{\"a\":\"https://x\"},\"store\":{\"readUnit\":1e-7,"
            + "\"writeUnit\":1e-6,\"source\":\"a\"},\"models\":{\"m\":{\"input\":3,\"output\":15.5,"
            + "\"source\":\"a\"}}}",
        "{\"date\":\"2026-10-07\",\"sources\":{\"a\":\"x\"},\"store\":{\"readUnit\":0,\"writeUnit\":0.1,"
            + "\"source\":[\"a\"]},\"models\":{\"m\":{\"input\":1,\"output\":1,\"cacheRead\":0.1,"
            + "\"cacheWrite\":1.2,\"source\":\"a\",\"batch\":{\"input\":1,\"output\":1,\"source\":\"a\"},"
            + "\"longContext\":{\"aboveInputTokens\":200000,\"input\":1,\"output\":1,\"source\":\"a\"}}}}");
  }

  @Override
  public boolean accepts(byte[] input) {
    PriceList list;
    try {
      list =
          Bounds.within(
              input, PER_BYTE, BASE, () -> PriceList.read(new ByteArrayInputStream(input)));
    } catch (IOException refused) { // as documented
      String message = String.valueOf(refused.getMessage());
      require(
          message.contains("price") || message.contains("date"),
          "It does not say what: " + message);
      require(
          !message.contains("needs its \"date\"") || !hasDate(input),
          "A list with a date is said to have none");
      return false;
    }
    for (String model : list.modelIds()) {
      for (PriceTier tier : PriceTier.values()) {
        OptionalDouble usd = list.usd(model, tier, USAGE);
        require(usd.isEmpty() || usd.getAsDouble() >= 0, "A price is negative, or no number");
      }
    }
    require(list.storeUsd(1, 1) >= 0, "A store's price is negative, or no number");
    return true;
  }

  private static boolean hasDate(byte[] input) {
    return new String(input, UTF_8).contains("\"date\":\"2026-10-07\"");
  }
}
