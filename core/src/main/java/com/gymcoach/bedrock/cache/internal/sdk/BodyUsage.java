package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.BodyOutline;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the models of a family count tokens in an InvokeModel body.
 *
 * @param input the path of the tokens read
 * @param output of those written
 * @param cacheRead of those read from the prompt cache; empty where the models have none
 * @param cacheWrite of those written to it
 */
record BodyUsage(String input, String output, String cacheRead, String cacheWrite) {
  private static final List<BodyUsage> FAMILIES =
      List.of(
          // Anthropic
          new BodyUsage(
              "usage.input_tokens",
              "usage.output_tokens",
              "usage.cache_read_input_tokens",
              "usage.cache_creation_input_tokens"),
          // Nova
          new BodyUsage(
              "usage.inputTokens",
              "usage.outputTokens",
              "usage.cacheReadInputTokenCount",
              "usage.cacheWriteInputTokenCount"),
          // OpenAI's form: Jamba, Mistral's newer models, Qwen and others
          new BodyUsage("usage.prompt_tokens", "usage.completion_tokens", "", ""),
          new BodyUsage("prompt_token_count", "generation_token_count", "", ""), // Llama
          new BodyUsage("inputTextTokenCount", "results.tokenCount", "", "")); // Titan

  /** Where models put embeddings, whose making writes no tokens. */
  private static final List<String> EMBEDDINGS =
      List.of("embedding", "embeddings", "embeddingsByType");

  /**
   * Returns the tokens that a body counts, or null where it counts none in a known way.
   *
   * @param read the tokens read, as the headers have it, or null where they do not
   */
  static @Nullable TokenUsage of(byte[] body, @Nullable Long read) {
    BodyOutline outline = new BodyOutline();
    try {
      outline.add(body);
    } catch (IOException notJson) {
      return null;
    }
    if (EMBEDDINGS.stream().anyMatch(name -> !outline.at(name).isEmpty())) {
      Long input = read != null ? read : tokens(outline, "inputTextTokenCount");
      return input == null ? null : new TokenUsage(input, 0, 0, 0);
    }
    for (BodyUsage family : FAMILIES) {
      Long input = tokens(outline, family.input);
      Long output = tokens(outline, family.output);
      if (input != null && output != null) {
        return new TokenUsage(
            input,
            output,
            orZero(tokens(outline, family.cacheRead)),
            orZero(tokens(outline, family.cacheWrite)));
      }
    }
    return null;
  }

  /** Returns the sum of what a path holds: Titan counts each of its results. */
  private static @Nullable Long tokens(BodyOutline outline, String path) {
    long sum = 0;
    List<@Nullable String> values = outline.at(path);
    for (String value : values) {
      if (value == null || !value.matches("[0-9]{1,15}")) {
        return null;
      }
      sum += Long.parseLong(value);
    }
    return values.isEmpty() ? null : sum;
  }

  private static long orZero(@Nullable Long tokens) {
    return tokens == null ? 0 : tokens;
  }
}
