package com.gymcoach.bedrock.dynamodb;

import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.eventstream.Message;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.protocols.jsoncore.JsonNodeParser;

/**
 * The cost of a recorded call, calculated without the library: from the recorded bytes and the
 * price list, in decimals.
 */
@SuppressWarnings("NullAway") // a missing value fails the test
final class OwnPrices {
  private static final BigDecimal MILLION = new BigDecimal("1000000");
  private static final Pattern NAMED =
      Pattern.compile(
          "(?:arn:aws:bedrock:[^:]*:[0-9]*:(?:foundation-model|inference-profile)/)?"
              + "((us|eu|apac|jp|au|ca|in|us-gov|global)\\.)?([a-z0-9]+\\..*)");
  private static final JsonNodeParser JSON = JsonNodeParser.create();

  private final Map<String, JsonNode> models;

  private OwnPrices(Map<String, JsonNode> models) {
    this.models = models;
  }

  static OwnPrices read(@Nullable InputStream json) {
    return new OwnPrices(JSON.parse(json).asObject().get("models").asObject());
  }

  /** Returns what a call cost; null where that is not known. */
  @Nullable BigDecimal usd(RecordedExchange exchange) {
    Matcher named = NAMED.matcher(exchange.modelId());
    if (!named.matches()) {
      return null;
    }
    JsonNode price = models.get((named.group(1) == null ? "" : named.group(1)) + named.group(3));
    price = price == null ? models.get(named.group(3)) : price;
    long[] tokens =
        switch (exchange.operation()) {
          case "Converse" -> converse(body(exchange.body()));
          case "ConverseStream" -> converse(lastFrame(exchange, "metadata"));
          case "InvokeModel" -> invoke(exchange);
          default -> metrics(lastFrame(exchange, "chunk"));
        };
    price = price == null ? null : ofTier(price, exchange);
    return price == null || tokens == null ? null : usd(price.asObject(), tokens);
  }

  /** Returns the prices of the tier that the answer names, or null where there are none. */
  private static @Nullable JsonNode ofTier(JsonNode price, RecordedExchange exchange) {
    JsonNode answer =
        switch (exchange.operation()) {
          case "Converse" -> body(exchange.body());
          case "ConverseStream" -> lastFrame(exchange, "metadata");
          default -> null;
        };
    JsonNode latency = at(answer, "performanceConfig", "latency");
    JsonNode service = at(answer, "serviceTier", "type");
    JsonNode tier =
        latency != null && latency.asString().equals("optimized")
            ? at(price, "latencyOptimized")
            : price;
    return service == null || service.asString().equals("default")
        ? tier
        : at(price, service.asString());
  }

  private static @Nullable BigDecimal usd(Map<String, JsonNode> price, long[] tokens) {
    String[] names = {"input", "output", "cacheRead", "cacheWrite"};
    BigDecimal usd = BigDecimal.ZERO;
    for (int i = 0; i < names.length; i++) {
      JsonNode rate = price.get(names[i]);
      if (rate == null && tokens[i] > 0) {
        return null;
      }
      if (rate != null) {
        usd = usd.add(new BigDecimal(rate.asNumber()).multiply(BigDecimal.valueOf(tokens[i])));
      }
    }
    return usd.divide(MILLION);
  }

  private static @Nullable JsonNode body(byte[] bytes) {
    try {
      return JSON.parse(bytes);
    } catch (RuntimeException notJson) {
      return null;
    }
  }

  private static @Nullable JsonNode at(@Nullable JsonNode node, String... path) {
    JsonNode at = node;
    for (String name : path) {
      at = at == null || !at.isObject() ? null : at.asObject().get(name);
    }
    return at;
  }

  private static long number(@Nullable JsonNode node) {
    return node == null || !node.isNumber() ? 0 : Long.parseLong(node.asNumber());
  }

  private static long @Nullable [] both(
      @Nullable JsonNode in,
      @Nullable JsonNode out,
      @Nullable JsonNode read,
      @Nullable JsonNode written) {
    return in == null || out == null || !in.isNumber() || !out.isNumber()
        ? null
        : new long[] {number(in), number(out), number(read), number(written)};
  }

  private static long @Nullable [] converse(@Nullable JsonNode body) {
    JsonNode usage = at(body, "usage");
    return both(
        at(usage, "inputTokens"),
        at(usage, "outputTokens"),
        at(usage, "cacheReadInputTokens"),
        at(usage, "cacheWriteInputTokens"));
  }

  private static long @Nullable [] metrics(@Nullable JsonNode chunk) {
    JsonNode text = at(chunk, "bytes");
    JsonNode inner = text == null ? null : body(Base64.getDecoder().decode(text.asString()));
    JsonNode metrics = at(inner, "amazon-bedrock-invocationMetrics");
    return both(
        at(metrics, "inputTokenCount"),
        at(metrics, "outputTokenCount"),
        at(metrics, "cacheReadInputTokenCount"),
        at(metrics, "cacheWriteInputTokenCount"));
  }

  private static long @Nullable [] invoke(RecordedExchange exchange) {
    JsonNode body = body(exchange.body());
    Long in = header(exchange, "input");
    Long out = header(exchange, "output");
    if (in != null && out != null) {
      Long read = header(exchange, "cache-read-input");
      Long written = header(exchange, "cache-write-input");
      return new long[] {in, out, read == null ? 0 : read, written == null ? 0 : written};
    }
    if (at(body, "embedding") != null || at(body, "embeddings") != null) {
      JsonNode counted = at(body, "inputTextTokenCount");
      return in != null
          ? new long[] {in, 0, 0, 0}
          : counted == null ? null : new long[] {number(counted), 0, 0, 0};
    }
    JsonNode usage = at(body, "usage");
    JsonNode results = at(body, "results");
    if (results != null) {
      long written = 0;
      for (JsonNode result : results.asArray()) {
        written += number(at(result, "tokenCount"));
      }
      return new long[] {number(at(body, "inputTextTokenCount")), written, 0, 0};
    }
    for (long[] tokens :
        new long @Nullable [][] {
          both(
              at(usage, "input_tokens"),
              at(usage, "output_tokens"),
              at(usage, "cache_read_input_tokens"),
              at(usage, "cache_creation_input_tokens")),
          both(
              at(usage, "inputTokens"),
              at(usage, "outputTokens"),
              at(usage, "cacheReadInputTokenCount"),
              at(usage, "cacheWriteInputTokenCount")),
          both(at(usage, "prompt_tokens"), at(usage, "completion_tokens"), null, null),
          both(at(body, "prompt_token_count"), at(body, "generation_token_count"), null, null),
        }) {
      if (tokens != null) {
        return tokens;
      }
    }
    return null;
  }

  private static @Nullable Long header(RecordedExchange exchange, String kind) {
    Optional<List<String>> values =
        exchange.headers().entrySet().stream()
            .filter(h -> h.getKey().equalsIgnoreCase("x-amzn-bedrock-" + kind + "-token-count"))
            .map(Map.Entry::getValue)
            .findFirst();
    return values.map(all -> Long.valueOf(all.get(0))).orElse(null);
  }

  /** Returns the payload of a stream's last frame of a type. */
  private static @Nullable JsonNode lastFrame(RecordedExchange exchange, String type) {
    JsonNode last = null;
    ByteBuffer bytes = ByteBuffer.wrap(exchange.body());
    while (bytes.remaining() > 16) {
      int length = bytes.getInt(bytes.position());
      Message frame = Message.decode(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
      if (frame.getHeaders().containsKey(":event-type")
          && frame.getHeaders().get(":event-type").getString().equals(type)) {
        last = JSON.parse(new String(frame.getPayload(), StandardCharsets.UTF_8));
      }
    }
    return last;
  }
}
