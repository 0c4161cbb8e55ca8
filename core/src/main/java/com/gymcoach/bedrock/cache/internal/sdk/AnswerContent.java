package com.gymcoach.bedrock.cache.internal.sdk;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.gymcoach.bedrock.cache.internal.wire.Blank;
import com.gymcoach.bedrock.cache.internal.wire.SdkJson;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The content of an answer, in a form that can be compared with that of another answer to the same
 * request. It is read from the JSON in which an answer is stored, so it is the same for all
 * operations. Ids, signatures, token counts, times, traces and tiers are left out: they differ from
 * call to call.
 *
 * <p>Models cut their streams anywhere. The strings that a stream's events have under one name are
 * therefore one string, and its numbers, which are counts and indexes, are left out.
 */
public final class AnswerContent {
  /** Members that differ from call to call, beside those that only describe an answer. */
  private static final Set<String> PER_CALL =
      Set.of(
          "metrics",
          "trace",
          "performanceConfig",
          "serviceTier",
          "service_tier",
          "signature",
          "toolUseId",
          "tool_call_id",
          "system_fingerprint",
          "created_at",
          "event_type",
          "response_id",
          "generation_id",
          "meta",
          "invocationMetrics",
          "prompt_token_count",
          "generation_token_count",
          "inputTextTokenCount",
          "totalOutputTextTokenCount",
          "tokenCount");

  private static final Set<String> TOOLS = Set.of("toolUse", "tool_calls", "function_call");

  /** Members whose content is a tool's, in which any name may matter. */
  private static final Set<String> TOOL_DATA = Set.of("input", "arguments", "json");

  private static final Set<String> REASONING =
      Set.of("reasoningContent", "reasoning_content", "reasoning", "thinking");

  private final Map<String, StringBuilder> values = new HashMap<>();
  private final StringBuilder visible = new StringBuilder();
  private final boolean stream;
  private boolean asksForTool;

  private AnswerContent(boolean stream) {
    this.stream = stream;
  }

  /**
   * Reads the content of an answer.
   *
   * @param body the answer as JSON, or a stream's events as JSON, one after the other
   * @throws IOException if that is not JSON
   */
  static AnswerContent of(byte[] body, boolean stream) throws IOException {
    AnswerContent content = new AnswerContent(stream);
    try (JsonParser in = SdkJson.parser(body)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        content.read(in, token, new Place("", "", false, false));
      }
    }
    return content;
  }

  /**
   * A place in the JSON.
   *
   * @param path the names and indexes that lead here
   * @param name the last of the names
   * @param reasoning whether the place is within the model's reasoning
   * @param verbatim whether the place is within a tool's data
   */
  private record Place(String path, String name, boolean reasoning, boolean verbatim) {
    Place member(String member) {
      return new Place(
          path + "." + member,
          member,
          reasoning || REASONING.contains(member),
          verbatim || TOOL_DATA.contains(member));
    }

    Place element(int index) {
      return new Place(path + "[" + index + "]", name, reasoning, verbatim);
    }

    boolean isVisibleText() {
      return !reasoning && !verbatim && ModelBody.TEXTS.contains(name);
    }
  }

  private void read(JsonParser in, JsonToken token, Place at) throws IOException {
    switch (token) {
      case START_OBJECT -> {
        while (in.nextToken() == JsonToken.FIELD_NAME) {
          String name = in.currentName();
          member(in, in.nextToken(), name, at);
        }
      }
      case START_ARRAY -> {
        int index = 0;
        for (JsonToken one = in.nextToken(); one != JsonToken.END_ARRAY; one = in.nextToken()) {
          read(in, one, at.element(index));
          index++;
        }
      }
      case VALUE_NULL -> {} // as if it were not there
      case VALUE_STRING -> text(in.getText(), at);
      default -> {
        if (!stream) {
          add(in.getText(), at);
        }
      }
    }
  }

  private void member(JsonParser in, JsonToken token, String name, Place at) throws IOException {
    if (!at.verbatim()) {
      asksForTool |= TOOLS.contains(name) && token != JsonToken.VALUE_NULL;
      asksForTool |= name.equals("type") && ModelBody.isToolType(in.getText());
      if (PER_CALL.contains(name) || ModelBody.describesAnswer(name)) {
        in.skipChildren();
        return;
      }
    }
    read(in, token, at.member(name));
  }

  private void text(String text, Place at) {
    add(text, at);
    if (at.isVisibleText()) {
      visible.append(stream || visible.isEmpty() ? "" : "\n").append(text);
    }
  }

  private void add(String value, Place at) {
    values.computeIfAbsent(at.path(), absent -> new StringBuilder()).append(value);
  }

  /** Returns all parts that are compared, by their place. */
  public Map<String, String> parts() {
    Map<String, String> parts = new HashMap<>();
    values.forEach((path, value) -> parts.put(path, value.toString()));
    return parts;
  }

  /** Returns the text that a reader sees, without reasoning, and without space around it. */
  public String text() {
    return Blank.withoutReasoning(visible.toString()).strip();
  }

  /** Returns whether the answer asks for a tool. */
  public boolean asksForTool() {
    return asksForTool;
  }

  /** Returns the number of parts only, and nothing of the content. */
  @Override
  public String toString() {
    return "AnswerContent[" + values.size() + " parts]";
  }
}
