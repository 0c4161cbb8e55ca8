package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.ShallowJson;
import com.gymcoach.bedrock.cache.spi.TokenUsage;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
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
          // OpenAI's form: Jamba, DeepSeek, Gemma, GLM, Kimi, MiniMax, Mistral, Nemotron, Palmyra,
          // Qwen
          new BodyUsage("usage.prompt_tokens", "usage.completion_tokens", "", ""),
          new BodyUsage("prompt_token_count", "generation_token_count", "", ""), // Llama
          new BodyUsage("inputTextTokenCount", "results.tokenCount", "", ""), // Titan
          new BodyUsage( // Cohere's chat, where Bedrock passes on what Cohere bills
              "meta.billed_units.input_tokens", "meta.billed_units.output_tokens", "", ""));

  /** Where models put embeddings, whose making writes no tokens. */
  private static final List<String> WRITES_NOTHING =
      List.of("embedding", "embeddings", "embeddingsByType");

  private static final Pattern DOT = Pattern.compile("\\.");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,15}");

  /**
   * Returns the tokens that a body counts, or null where it counts none in a known way.
   *
   * @param read the tokens read, as the headers have it, or null where they do not
   */
  static @Nullable TokenUsage of(byte[] body, @Nullable Long read) {
    ShallowJson json;
    try {
      json = ShallowJson.object(body);
    } catch (IOException notJson) { // such a body tells no usage
      return null;
    }
    if (WRITES_NOTHING.stream().anyMatch(json.members()::containsKey)) {
      Long input =
          read != null
              ? read
              : tokens(json, "inputTextTokenCount", "meta.billed_units.input_tokens");
      return input == null ? null : new TokenUsage(input, 0, 0, 0);
    }
    for (BodyUsage family : FAMILIES) {
      Long input = tokens(json, family.input);
      Long output = tokens(json, family.output);
      if (input != null && output != null) {
        return new TokenUsage(
            input,
            output,
            orZero(tokens(json, family.cacheRead)),
            orZero(tokens(json, family.cacheWrite)));
      }
    }
    return null;
  }

  /** Returns the tokens at the first path that holds some, or null. */
  private static @Nullable Long tokens(ShallowJson json, String... paths) {
    for (String path : paths) {
      Long tokens = sum(json, DOT.split(path), 0);
      if (tokens != null) {
        return tokens;
      }
    }
    return null;
  }

  /** Returns the sum of what a path holds through a list: Titan counts each of its results. */
  private static @Nullable Long sum(ShallowJson json, String[] path, int from) {
    if (json.kind() == ShallowJson.Kind.LIST && !json.elements().isEmpty()) {
      long sum = 0;
      for (ShallowJson element : json.elements()) {
        Long tokens = sum(element, path, from);
        if (tokens == null) {
          return null;
        }
        sum += tokens;
      }
      return sum;
    }
    if (from < path.length) {
      return sum(json.at(path[from]), path, from + 1);
    }
    return COUNT.matcher(json.text()).matches() ? Long.valueOf(json.text()) : null;
  }

  private static long orZero(@Nullable Long tokens) {
    return tokens == null ? 0 : tokens;
  }
}
