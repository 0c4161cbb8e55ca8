package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.sdk.CacheableOperation.OptIns;
import com.gymcoach.bedrock.cache.internal.wire.ShallowJson;
import com.gymcoach.bedrock.cache.internal.wire.ShallowJson.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges an InvokeModel answer, or all chunks of its stream together, by the shape of the body.
 * Model families use few shapes, and their member names do not conflict. Members are therefore
 * identified by name, whatever the model: how an answer ended, what it says, whether it asks for a
 * tool. The model's id counts only if nothing in the body tells how the answer ended.
 *
 * <p>A body may contain several answers: choices, results, generations, images, embeddings. Each
 * must be usable. Otherwise, a caller that reads the second answer would get an empty one for as
 * long as the entry lives.
 */
final class ModelBody {
  /** Lists whose elements are answers. */
  private static final Set<String> ANSWERS =
      Set.of("choices", "results", "outputs", "generations", "completions", "artifacts");

  /** Members that contain a text, or parts of one. */
  static final Set<String> TEXTS =
      Set.of(
          "text",
          "completion",
          "generation",
          "outputText",
          "content",
          "message",
          "output",
          "response");

  /** Members that contain an image, a sound, a video or a document. */
  private static final Set<String> MEDIA = Set.of("bytes", "base64", "b64_json", "data", "uri");

  /** Members of a stream's events that only contain others. */
  private static final Set<String> EVENTS =
      Set.of("delta", "content_block", "contentBlockStart", "contentBlockDelta", "messageStop");

  /** Members of content that only contain others. */
  private static final Set<String> PARTS =
      Set.of(
          "start",
          "citationsContent",
          "toolResult",
          "image",
          "document",
          "video",
          "audio",
          "source",
          "s3Location");

  private static final Set<String> REASONING = Set.of("thinking", "redacted_thinking", "reasoning");
  private static final Set<String> VECTORS = Set.of("embedding", "embeddings", "embeddingsByType");

  /**
   * Members that only describe the answer. Any other member may be an answer in an unknown form.
   */
  private static final Set<String> ABOUT_THE_ANSWER =
      Set.of("id", "type", "role", "model", "object", "created", "usage", "stop", "stop_sequence");

  /** The only members of an AWS service's error, which a proxy may send with status 200. */
  private static final Set<String> ERROR = Set.of("message", "Message", "__type", "code");

  private static final String BEDROCKS_OWN = "amazon-bedrock-";
  private static final String GUARDRAIL_ACTION = "amazon-bedrock-guardrailAction";

  private final boolean toolUse;
  private final UsableAnswer whole;
  private final Map<String, UsableAnswer> answers = new LinkedHashMap<>();

  /** Answers that have a member for the stop reason, which has been empty so far. */
  private final Set<UsableAnswer> endless = new HashSet<>();

  private boolean guarded;
  private boolean failed;
  private boolean onlyError = true;
  private boolean filtered;
  private boolean refused;

  /** Whether one of the images or vectors is not usable. */
  private boolean hollow;

  /** Whether the body has a member that is known to contain answers. */
  private boolean shapeKnown;

  /** Whether the body has a member that may be an answer in an unknown form. */
  private boolean hasMore;

  ModelBody(boolean toolUse) {
    this.toolUse = toolUse;
    this.whole = new UsableAnswer(toolUse);
  }

  /** Adds a body, or the next chunk of one. */
  void add(ShallowJson body) {
    ShallowJson action = body.members().get(GUARDRAIL_ACTION);
    guarded |= action != null && !action.text().equals("NONE");
    boolean vectors = VECTORS.stream().anyMatch(body.members()::containsKey);
    boolean images = body.members().containsKey("images") && !vectors;
    if (images) {
      images(body.at("images"));
      filtered |=
          BodyValues.isSet(body.at("error"))
              || BodyValues.anySet(body.at("finish_reasons").elements());
    }
    failed |= body.at("type").text().equals("error");
    failed |= !images && BodyValues.isSet(body.at("error"));
    failed |=
        vectors && body.at("message").kind() == Kind.TEXT && BodyValues.isSet(body.at("message"));
    for (Map.Entry<String, ShallowJson> member : body.members().entrySet()) {
      onlyError &= ERROR.contains(member.getKey());
      hasMore |= !isAboutTheAnswer(member.getKey()) && BodyValues.isSet(member.getValue());
    }
    read(body, whole);
  }

  /** Returns whether a guardrail intervened, which may end a stream before it is complete. */
  boolean isGuarded() {
    return guarded;
  }

  /**
   * Returns why the answer must not be cached, or null if it may be.
   *
   * @param modelId the model as the request or a setting names it
   */
  @Nullable CacheReason judge(String modelId, OptIns optIns) {
    if (guarded) {
      return CacheReason.GUARDRAIL_INTERVENED;
    }
    if (filtered) {
      return CacheReason.CONTENT_FILTERED;
    }
    if (failed || onlyError) {
      return CacheReason.INCOMPLETE_BODY;
    }
    CacheReason refusal = firstRefusal();
    if (refusal != null) {
      return refusal;
    }
    boolean known = ModelIds.isKnown(modelId);
    boolean ended = whole.ended() || answers.values().stream().anyMatch(UsableAnswer::ended);
    if (!ended && known) {
      return CacheReason.INCOMPLETE_BODY;
    }
    boolean recognised = ended && (known || shapeKnown || !hasMore);
    if (!recognised && !optIns.unknownModels()) {
      return CacheReason.UNKNOWN_MODEL_FAMILY;
    }
    if (hollow || !(saysSomething() || (!recognised && !shapeKnown && hasMore))) {
      return CacheReason.EMPTY_ANSWER;
    }
    return refused ? CacheReason.CONTENT_FILTERED : null;
  }

  private @Nullable CacheReason firstRefusal() {
    for (UsableAnswer answer : all()) {
      if (answer.ending() != null) {
        return answer.ending();
      }
    }
    boolean anyEnded = answers.values().stream().anyMatch(UsableAnswer::ended);
    for (UsableAnswer answer : answers.values()) {
      if (!answer.ended() && (anyEnded || endless.contains(answer))) {
        return CacheReason.INCOMPLETE_BODY;
      }
    }
    if (!anyEnded && !whole.ended() && endless.contains(whole)) {
      return CacheReason.INCOMPLETE_BODY;
    }
    for (UsableAnswer answer : all()) {
      if (answer.content() != null) {
        return answer.content();
      }
    }
    return null;
  }

  private List<UsableAnswer> all() {
    List<UsableAnswer> all = new ArrayList<>(answers.values());
    all.add(whole);
    return all;
  }

  private boolean saysSomething() {
    return answers.isEmpty()
        ? whole.saysSomething()
        : answers.values().stream().allMatch(UsableAnswer::saysSomething);
  }

  private void read(ShallowJson object, UsableAnswer answer) {
    String type = object.at("type").text();
    if (REASONING.contains(type)) {
      return;
    }
    if (isToolType(type)) {
      answer.asksForTool();
    }
    for (Map.Entry<String, ShallowJson> member : object.members().entrySet()) {
      read(object, member.getKey(), member.getValue(), answer);
    }
  }

  private void read(ShallowJson object, String name, ShallowJson value, UsableAnswer answer) {
    if (StopReasons.COMPLETE.containsKey(name)) {
      ends(object, name, value, answer);
    } else if (ANSWERS.contains(name)) {
      answers(name, value.elements());
    } else if (VECTORS.contains(name)) {
      vectors(value, answer);
    } else if (PARTS.contains(name)) {
      content(name, value, answer);
    } else if (TEXTS.contains(name) || MEDIA.contains(name) || EVENTS.contains(name)) {
      shapeKnown = true;
      content(name, value, answer);
    } else {
      switch (name) {
        case "tool_calls", "toolUse", "function_call" -> {
          if (value.kind() == Kind.OBJECT || BodyValues.isSet(value)) {
            shapeKnown = true;
            answer.asksForTool();
          }
        }
        case "relevance_score" -> {
          shapeKnown = true;
          answer.endsWithItsBody();
          answer.holds(value.kind() == Kind.NUMBER);
        }
        case "json" -> answer.holds(!value.isNull());
        case "refusal" -> refused |= BodyValues.isSet(value);
        default -> {} // irrelevant here
      }
    }
  }

  private void ends(ShallowJson object, String name, ShallowJson value, UsableAnswer answer) {
    if (name.equals("stop_reason") && BodyValues.isSet(object.at("finish_reason"))) {
      return; // next to finish_reason, servers put the stop sequence or its token's number here
    }
    ShallowJson word = value.kind() == Kind.OBJECT ? value.at("reason") : value;
    if (word.isNull() || (word.kind() == Kind.TEXT && word.text().isEmpty())) {
      endless.add(answer);
    } else if (word.kind() == Kind.TEXT) {
      answer.ends(word.text(), StopReasons.COMPLETE.getOrDefault(name, Set.of()));
    }
  }

  private void answers(String name, List<ShallowJson> elements) {
    int position = 0;
    for (ShallowJson element : elements) {
      ShallowJson index = element.at("index");
      // a reranker's index is that of a document
      String number =
          name.equals("choices") && index.kind() == Kind.NUMBER
              ? index.text()
              : Integer.toString(position);
      UsableAnswer answer =
          answers.computeIfAbsent(name + number, absent -> new UsableAnswer(toolUse));
      failed |= BodyValues.isSet(element.at("error"));
      read(element, answer);
      position++;
    }
  }

  private void content(String name, ShallowJson value, UsableAnswer answer) {
    switch (value.kind()) {
      case TEXT -> {
        if (TEXTS.contains(name)) {
          answer.says(value.text());
        } else if (MEDIA.contains(name)) {
          answer.holds(BodyValues.isSet(value));
        }
      }
      case OBJECT -> {
        if (!BodyValues.isSet(value.at("error"))) { // else the image could not be made
          read(value, answer);
        }
      }
      case LIST -> value.elements().forEach(element -> content(name, element, answer));
      default -> {} // null, or a number
    }
  }

  private void images(ShallowJson images) {
    if (images.kind() == Kind.LIST) {
      shapeKnown = true;
      whole.endsWithItsBody();
      boolean usable = BodyValues.areImages(images);
      whole.holds(usable);
      hollow |= !usable;
    }
  }

  private void vectors(ShallowJson value, UsableAnswer answer) {
    if (!value.isNull()) {
      boolean usable = BodyValues.isVector(value);
      shapeKnown = true;
      answer.endsWithItsBody();
      answer.holds(usable);
      hollow |= !usable;
    }
  }

  private static boolean isAboutTheAnswer(String name) {
    return describesAnswer(name) || StopReasons.COMPLETE.containsKey(name);
  }

  /** Returns whether a member only describes the answer, and not how it ended. */
  static boolean describesAnswer(String name) {
    return ABOUT_THE_ANSWER.contains(name) || name.startsWith(BEDROCKS_OWN);
  }

  /** Returns whether a part of this type asks for a tool. */
  static boolean isToolType(String type) {
    return type.endsWith("tool_use") || type.equals("input_json_delta");
  }
}
