package com.gymcoach.bedrock.cache.internal.sdk;

import static java.util.Map.entry;

import com.gymcoach.bedrock.cache.CacheReason;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The words in which models say how an answer ended. Each field has its own words for an answer
 * that ended by itself; the words for all other endings mean the same wherever they stand.
 */
final class StopReasons {
  /** Of Converse and ConverseStream. */
  static final Set<String> CONVERSE = Set.of("end_turn", "stop_sequence");

  /** Of InvokeModel and its stream, by the field that has them. */
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
   * Returns why an answer that ended so is not kept, or null where it may be.
   *
   * @param complete the words of this field for an answer that ended by itself
   * @param toolUse whether answers that ask for a tool are kept
   */
  static @Nullable CacheReason judge(String word, Set<String> complete, boolean toolUse) {
    if (complete.contains(word)) {
      return null;
    }
    CacheReason reason = OTHERS.getOrDefault(word, CacheReason.UNKNOWN_STOP_REASON);
    return reason == CacheReason.TOOL_USE && toolUse ? null : reason;
  }
}
