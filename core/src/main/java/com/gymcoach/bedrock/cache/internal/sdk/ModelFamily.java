package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.wire.BodyOutline;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the models of a family say in an InvokeModel body that an answer is complete. An allow-list:
 * a family is here only with a complete and a cut-off answer in the tests.
 *
 * @param models the beginning of its models' ids
 * @param terminal where the body says how the answer ended, or whose presence alone makes it
 *     complete
 * @param complete what it says there of an answer that ended by itself; empty where presence is
 *     enough
 */
record ModelFamily(String models, String terminal, Set<String> complete) {
  private static final Set<String> TOOL_USE = Set.of("tool_use", "tool_calls", "TOOL_CALL");
  private static final Set<String> CUT_OFF =
      Set.of("max_tokens", "length", "LENGTH", "MAX_TOKENS", "max_tokens_reached");

  private static final List<ModelFamily> FAMILIES =
      List.of(
          new ModelFamily("anthropic.", "stop_reason", Set.of("end_turn", "stop_sequence")),
          new ModelFamily("amazon.nova", "stopReason", Set.of("end_turn", "stop_sequence")),
          new ModelFamily("amazon.nova", "embeddings", Set.of()),
          new ModelFamily("amazon.titan-embed", "embedding", Set.of()),
          new ModelFamily("amazon.titan", "results.completionReason", Set.of("FINISH", "FINISHED")),
          new ModelFamily("meta.llama", "stop_reason", Set.of("stop")),
          new ModelFamily("mistral.", "outputs.stop_reason", Set.of("stop")),
          new ModelFamily("mistral.", "choices.finish_reason", Set.of("stop")),
          new ModelFamily("cohere.embed", "embeddings", Set.of()),
          new ModelFamily("cohere.command", "generations.finish_reason", Set.of("COMPLETE")),
          new ModelFamily("cohere.command", "finish_reason", Set.of("COMPLETE")),
          new ModelFamily("ai21.jamba", "choices.finish_reason", Set.of("stop")),
          new ModelFamily("ai21.j2", "completions.finishReason.reason", Set.of("endoftext")),
          new ModelFamily("deepseek.", "choices.stop_reason", Set.of("stop")),
          new ModelFamily("openai.", "choices.finish_reason", Set.of("stop")),
          new ModelFamily("qwen.", "choices.finish_reason", Set.of("stop")));

  private static final Pattern MODEL =
      Pattern.compile("(?:arn:.*/)?(?:(?:us|us-gov|eu|apac|au|jp|ca|global)\\.)?(.*)");

  /** Returns why an answer is not kept, or null where it is complete. */
  static @Nullable CacheReason judge(String modelId, BodyOutline body, boolean toolUse) {
    String model = bare(modelId);
    boolean known = false;
    for (ModelFamily family : FAMILIES) {
      if (model.startsWith(family.models)) {
        known = true;
        List<@Nullable String> ends = body.at(family.terminal);
        if (!ends.isEmpty()) {
          return family.judge(ends, toolUse);
        }
      }
    }
    return known ? CacheReason.INCOMPLETE_BODY : CacheReason.UNKNOWN_MODEL_FAMILY;
  }

  private @Nullable CacheReason judge(List<@Nullable String> ends, boolean toolUse) {
    for (String end : ends) {
      if (end == null) {
        return CacheReason.INCOMPLETE_BODY;
      }
      if (complete.isEmpty() || complete.contains(end)) {
        continue;
      }
      if (TOOL_USE.contains(end)) {
        if (!toolUse) {
          return CacheReason.TOOL_USE;
        }
      } else {
        return CUT_OFF.contains(end) ? CacheReason.MAX_TOKENS : CacheReason.UNKNOWN_STOP_REASON;
      }
    }
    return null;
  }

  /** Returns the model's own id, without an ARN or the region of an inference profile around it. */
  private static String bare(String modelId) {
    Matcher matcher = MODEL.matcher(modelId);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : modelId;
  }
}
