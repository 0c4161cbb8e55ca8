package com.gymcoach.bedrock.cache.internal.sdk;

import static java.util.Map.entry;

import com.gymcoach.bedrock.cache.CacheReason;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values with which models report how an answer ended. Each field has its own values for a
 * normal end; the values for all other endings mean the same in every field.
 */
final class StopReasons {
  /** The values for a normal end in Converse and ConverseStream. */
  static final Set<String> CONVERSE = Set.of("end_turn", "stop_sequence");

  /** The values for a normal end in InvokeModel and its stream, by field. */
  static final Map<String, Set<String>> COMPLETE =
      Map.of(
          "stop_reason", Set.of("end_turn", "stop_sequence", "stop"),
          "stopReason", CONVERSE,
          "finish_reason", Set.of("stop", "COMPLETE", "STOP_SEQUENCE"),
          "finishReason", Set.of("stop", "endoftext", "SUCCESS"),
          "completionReason", Set.of("FINISH", "FINISHED", "STOP_CRITERIA_MET"));

  private static final Map<String, CacheReason> OTHERS =
      Map.ofEntries(
          entry("tool_use", CacheReason.TOOL_USE),
          entry("tool_calls", CacheReason.TOOL_USE),
          entry("function_call", CacheReason.TOOL_USE),
          entry("TOOL_CALL", CacheReason.TOOL_USE),
          entry("max_tokens", CacheReason.MAX_TOKENS),
          entry("max_tokens_reached", CacheReason.MAX_TOKENS),
          entry("MAX_TOKENS", CacheReason.MAX_TOKENS),
          entry("length", CacheReason.MAX_TOKENS),
          entry("LENGTH", CacheReason.MAX_TOKENS),
          entry("model_length", CacheReason.CONTEXT_WINDOW_EXCEEDED),
          entry("model_context_window_exceeded", CacheReason.CONTEXT_WINDOW_EXCEEDED),
          entry("ERROR_LIMIT", CacheReason.CONTEXT_WINDOW_EXCEEDED),
          entry("guardrail_intervened", CacheReason.GUARDRAIL_INTERVENED),
          entry("GUARDRAIL_INTERVENED", CacheReason.GUARDRAIL_INTERVENED),
          entry("content_filter", CacheReason.CONTENT_FILTERED),
          entry("content_filtered", CacheReason.CONTENT_FILTERED),
          entry("CONTENT_FILTERED", CacheReason.CONTENT_FILTERED),
          entry("ERROR_TOXIC", CacheReason.CONTENT_FILTERED),
          entry("refusal", CacheReason.CONTENT_FILTERED),
          entry("malformed_model_output", CacheReason.MALFORMED_OUTPUT),
          entry("malformed_tool_use", CacheReason.MALFORMED_OUTPUT));

  private StopReasons() {}

  /**
   * Returns why an answer with this ending must not be cached, or null if it may be.
   *
   * @param complete the field's values for a normal end
   * @param toolUse whether answers that ask for a tool are cached
   */
  static @Nullable CacheReason judge(String word, Set<String> complete, boolean toolUse) {
    if (complete.contains(word)) {
      return null;
    }
    CacheReason reason = OTHERS.getOrDefault(word, CacheReason.UNKNOWN_STOP_REASON);
    return reason == CacheReason.TOOL_USE && toolUse ? null : reason;
  }
}
