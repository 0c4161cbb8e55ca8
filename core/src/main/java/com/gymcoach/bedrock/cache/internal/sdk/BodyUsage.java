package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.internal.wire.ShallowJson;
import com.gymcoach.bedrock.cache.spi.metrics.TokenUsage;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The paths at which a family of models reports token counts in an InvokeModel body.
 *
 * @param input the path of the tokens read
 * @param output the path of the tokens written
 * @param cacheRead the path of the tokens read from the prompt cache; empty if the models have none
 * @param cacheWrite the path of the tokens written to it; empty if the models have none
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
          new BodyUsage( // Cohere's chat, if Bedrock passes on what Cohere bills
              "meta.billed_units.input_tokens", "meta.billed_units.output_tokens", "", ""));

  /** The members that hold embeddings, which cost no output tokens. */
  private static final List<String> WRITES_NOTHING =
      List.of("embedding", "embeddings", "embeddingsByType");

  private static final Pattern DOT = Pattern.compile("\\.");
  private static final Pattern COUNT = Pattern.compile("[0-9]{1,15}");

  /**
   * Returns the token usage that a body reports, or null if it reports none in a known form.
   *
   * @param read the tokens read according to the headers, or null if they do not say
   */
  static @Nullable TokenUsage of(byte[] body, @Nullable Long read) {
    ShallowJson json;
    try {
      json = ShallowJson.object(body);
    } catch (IOException notJson) { // such a body reports no usage
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
            TokenCounts.orZero(tokens(json, family.cacheRead)),
            TokenCounts.orZero(tokens(json, family.cacheWrite)));
      }
    }
    return null;
  }

  /** Returns the count at the first path that has one, or null. */
  private static @Nullable Long tokens(ShallowJson json, String... paths) {
    for (String path : paths) {
      Long tokens = sum(json, DOT.split(path), 0);
      if (tokens != null) {
        return tokens;
      }
    }
    return null;
  }

  /** Returns the count at a path, summed over lists: Titan counts each of its results. */
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
}
