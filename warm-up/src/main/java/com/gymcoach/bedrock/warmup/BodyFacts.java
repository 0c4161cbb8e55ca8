package com.gymcoach.bedrock.warmup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The facts about a request's body on which its cost depends. Where a body leaves room for doubt,
 * the dearer reading counts. Filled by one thread.
 */
final class BodyFacts {
  private static final JsonFactory FACTORY = new JsonFactory();

  /** The names under which Converse and the families of models limit the output. */
  private static final Set<String> OUTPUT_LIMITS =
      Set.of(
          "maxTokens",
          "max_tokens",
          "max_new_tokens",
          "max_completion_tokens",
          "max_output_tokens",
          "max_tokens_to_sample",
          "max_gen_len",
          "maxTokenCount");

  /** The objects in which such a limit may stand; otherwise it stands at the top. */
  private static final Set<String> CONFIGURATIONS =
      Set.of("inferenceConfig", "textGenerationConfig");

  /** What Converse passes on to the model: such a limit counts at any depth. */
  private static final String FOR_THE_MODEL = "additionalModelRequestFields";

  /** The names under which a model is asked for several answers at once. */
  private static final Set<String> ANSWERS =
      Set.of("n", "num_generations", "numResults", "num_results");

  private static final Set<String> MEDIA =
      Set.of(
          "image",
          "images",
          "image_url",
          "document",
          "video",
          "audio",
          "input_audio",
          "file",
          "systemTool");

  /** A tool that the model's maker describes: the prompt for it is longer than its name. */
  private static final Pattern TOOL_OF_THE_MAKER = Pattern.compile("[a-z_]+_20[0-9]{6}");

  private static final Set<String> PROMPT_CACHE = Set.of("cachePoint", "cache_control");

  boolean tools;
  boolean media;
  boolean promptCache;
  boolean longPromptCache;
  @Nullable String latency;
  @Nullable String serviceTier;
  private long outputLimit;
  private long answers = 1;

  /** Returns the most tokens that the answer may have, or 0 if the body does not limit them. */
  long outputTokens() {
    return outputLimit * answers;
  }

  /**
   * Reads a body.
   *
   * @throws IOException if it is not JSON
   */
  static BodyFacts of(byte[] json) throws IOException {
    BodyFacts facts = new BodyFacts();
    try (JsonParser in = FACTORY.createParser(json)) {
      int depth = 0;
      String group = "";
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        String name = in.currentName();
        if (token == JsonToken.FIELD_NAME && name != null) {
          group = depth == 1 ? name : group;
          facts.member(name, depth);
        } else if (token.isScalarValue() && name != null) {
          facts.value(in, name, depth, group);
        }
      }
    }
    return facts;
  }

  private void member(String name, int depth) {
    tools |= depth == 1 && (name.equals("toolConfig") || name.equals("tools"));
    media |= MEDIA.contains(name);
    promptCache |= PROMPT_CACHE.contains(name);
  }

  private void value(JsonParser in, String name, int depth, String group) throws IOException {
    boolean configures =
        depth == 1 || (depth == 2 && CONFIGURATIONS.contains(group)) || group.equals(FOR_THE_MODEL);
    if (in.currentToken().isNumeric() && configures) {
      if (OUTPUT_LIMITS.contains(name)) {
        outputLimit = Math.max(outputLimit, bounded(in));
      } else if (ANSWERS.contains(name)) {
        answers = Math.max(answers, bounded(in));
      }
    } else if (in.currentToken() == JsonToken.VALUE_STRING) {
      String text = in.getTextLength() > 64 ? "" : in.getText();
      media |=
          name.equals("type")
              && (MEDIA.contains(text) || TOOL_OF_THE_MAKER.matcher(text).matches());
      longPromptCache |= name.equals("ttl") && !text.equals("5m");
      latency = depth == 2 && group.equals("performanceConfig") ? text : latency;
      serviceTier =
          group.equals("serviceTier") || (depth == 1 && name.equals("service_tier"))
              ? text
              : serviceTier;
    }
  }

  private static long bounded(JsonParser in) throws IOException {
    return (long) Math.ceil(Math.max(0, Math.min(in.getDoubleValue(), Integer.MAX_VALUE)));
  }
}
