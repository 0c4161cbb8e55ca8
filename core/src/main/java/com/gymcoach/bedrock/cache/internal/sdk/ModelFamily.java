package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.BodyOutline;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
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
 * @param filtered where it says why some of the answer was held back: nothing, or null, for all
 *     that was asked for; null where the models do not say
 */
record ModelFamily(
    String models, String terminal, Set<String> complete, @Nullable String filtered) {
  private static final String GUARDRAIL_ACTION = "amazon-bedrock-guardrailAction";
  private static final Set<String> TOOL_USE = Set.of("tool_use", "tool_calls", "TOOL_CALL");
  private static final Set<String> CUT_OFF =
      Set.of("max_tokens", "length", "LENGTH", "MAX_TOKENS", "max_tokens_reached");

  static final List<ModelFamily> FAMILIES =
      List.of(
          new ModelFamily("anthropic.", "stop_reason", Set.of("end_turn", "stop_sequence")),
          new ModelFamily("amazon.nova", "stopReason", Set.of("end_turn", "stop_sequence")),
          new ModelFamily("amazon.nova", "embeddings", Set.of()),
          new ModelFamily("amazon.nova-canvas", "images", Set.of(), "error"),
          new ModelFamily("amazon.titan-image", "images", Set.of(), "error"),
          new ModelFamily("stability.", "images", Set.of(), "finish_reasons"),
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

  /** The same for the chunks of a stream together; where a chunk says nothing yet, it says null. */
  static final List<ModelFamily> STREAMS =
      List.of(
          new ModelFamily("anthropic.", "delta.stop_reason", Set.of("end_turn", "stop_sequence")),
          new ModelFamily("anthropic.", "stop_reason", Set.of("end_turn", "stop_sequence")),
          new ModelFamily(
              "amazon.nova", "messageStop.stopReason", Set.of("end_turn", "stop_sequence")),
          new ModelFamily("amazon.titan", "completionReason", Set.of("FINISH", "FINISHED")),
          new ModelFamily("meta.llama", "stop_reason", Set.of("stop")),
          new ModelFamily("mistral.", "outputs.stop_reason", Set.of("stop")),
          new ModelFamily("cohere.command", "generations.finish_reason", Set.of("COMPLETE")),
          new ModelFamily("cohere.command", "finish_reason", Set.of("COMPLETE")),
          new ModelFamily("ai21.jamba", "choices.finish_reason", Set.of("stop")));

  private static final Pattern MODEL =
      Pattern.compile("(?:arn:.*/)?(?:(?:us|us-gov|eu|apac|au|jp|ca|global)\\.)?(.*)");

  private ModelFamily(String models, String terminal, Set<String> complete) {
    this(models, terminal, complete, null);
  }

  /** Returns why an answer is not kept, or null where it is complete. */
  static @Nullable CacheReason judge(String modelId, BodyOutline body, OptIns optIns) {
    return isGuarded(body)
        ? CacheReason.GUARDRAIL_INTERVENED
        : unlessWanted(judge(bare(modelId), body, optIns.toolUse()), optIns);
  }

  /** Returns why a stream is not kept, or null where its chunks together are complete. */
  static @Nullable CacheReason judgeStream(String modelId, BodyOutline chunks, OptIns optIns) {
    return isGuarded(chunks)
        ? CacheReason.GUARDRAIL_INTERVENED
        : unlessWanted(judgeStream(bare(modelId), chunks, optIns.toolUse()), optIns);
  }

  private static boolean isGuarded(BodyOutline body) {
    return !body.at(GUARDRAIL_ACTION).stream().allMatch("NONE"::equals);
  }

  private static @Nullable CacheReason unlessWanted(@Nullable CacheReason reason, OptIns optIns) {
    return reason == CacheReason.UNKNOWN_MODEL_FAMILY && optIns.unknownModels() ? null : reason;
  }

  private static @Nullable CacheReason judge(String model, BodyOutline body, boolean toolUse) {
    for (ModelFamily family : FAMILIES) {
      if (family.decidesOn(model, body)) {
        return family.isFiltered(body)
            ? CacheReason.CONTENT_FILTERED
            : family.judge(body.at(family.terminal), toolUse);
      }
    }
    boolean known = FAMILIES.stream().anyMatch(family -> model.startsWith(family.models));
    return known ? CacheReason.INCOMPLETE_BODY : CacheReason.UNKNOWN_MODEL_FAMILY;
  }

  private static @Nullable CacheReason judgeStream(
      String model, BodyOutline chunks, boolean toolUse) {
    CacheReason reason = CacheReason.UNKNOWN_MODEL_FAMILY;
    for (ModelFamily family : STREAMS) {
      if (model.startsWith(family.models)) {
        List<@Nullable String> ends = new ArrayList<>(chunks.at(family.terminal));
        ends.removeIf(Objects::isNull);
        if (!ends.isEmpty()) {
          return family.judge(ends, toolUse);
        }
        reason = CacheReason.INCOMPLETE_BODY;
      }
    }
    return reason;
  }

  /** Returns whether a body of a model, its id bare, says in this family's way how it ended. */
  boolean decidesOn(String model, BodyOutline body) {
    return model.startsWith(models) && !body.at(terminal).isEmpty();
  }

  private boolean isFiltered(BodyOutline body) {
    return filtered != null
        && body.at(filtered).stream().anyMatch(why -> why != null && !why.isEmpty());
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
  static String bare(String modelId) {
    Matcher matcher = MODEL.matcher(modelId);
    return matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : modelId;
  }
}
