package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.wire.Blank;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an answer is usable: it ended normally and has content. Every operation and model
 * family reports the parts of an answer here, in order, so that the same rules apply to all of
 * them.
 */
final class UsableAnswer {
  private final boolean toolUse;

  /**
   * The text from the first possible reasoning tag on, preceded by one letter if there was visible
   * text before it. Most answers have no tag, and need no copy.
   */
  private final StringBuilder marked = new StringBuilder();

  private boolean shown;
  private @Nullable CacheReason ending;
  private @Nullable CacheReason content;
  private boolean ended;
  private boolean holdsSomething;

  /**
   * Creates an answer without any parts.
   *
   * @param toolUse whether answers that ask for a tool are cached
   */
  UsableAnswer(boolean toolUse) {
    this.toolUse = toolUse;
  }

  /** Adds the stop reason. If there are several, each must be a normal end. */
  void ends(String stopReason, Set<String> complete) {
    ended = true;
    if (ending == null) {
      ending = StopReasons.judge(stopReason, complete, toolUse);
    }
  }

  /** Adds a part that is complete whenever it is present, such as a vector or an image. */
  void endsWithItsBody() {
    ended = true;
  }

  /** Adds a text, or the next part of one. */
  void says(@Nullable String part) {
    if (part != null) {
      say(part);
    }
  }

  private void say(String part) {
    if (!marked.isEmpty() || part.indexOf('<') >= 0) {
      marked.append(marked.isEmpty() && shown ? "x" : "").append(part);
    } else {
      shown = shown || !Blank.is(part);
    }
  }

  private boolean saysText() {
    return marked.isEmpty() ? shown : !Blank.is(Blank.withoutReasoning(marked.toString()));
  }

  /** Adds content other than text: an image, a vector, a score. */
  void holds(boolean something) {
    holdsSomething |= something;
  }

  /** Adds a tool request. If tool use is cached, it counts as content. */
  void asksForTool() {
    if (toolUse) {
      holdsSomething = true;
    } else {
      refuse(CacheReason.TOOL_USE);
    }
  }

  /** Adds a reason to reject the content. The first one counts. */
  void refuse(CacheReason why) {
    if (content == null) {
      content = why;
    }
  }

  boolean ended() {
    return ended;
  }

  /** Returns why the ending rules the answer out, or null if it does not. */
  @Nullable CacheReason ending() {
    return ending;
  }

  /** Returns why the content rules the answer out, or null if it does not. */
  @Nullable CacheReason content() {
    return content;
  }

  /** Returns whether the answer has content besides its reasoning. */
  boolean saysSomething() {
    return holdsSomething || saysText();
  }

  /** Returns why the answer must not be cached, or null if it may be. */
  @Nullable CacheReason judge() {
    if (ending != null) {
      return ending;
    }
    if (!ended) {
      return CacheReason.INCOMPLETE_BODY;
    }
    if (content != null) {
      return content;
    }
    return saysSomething() ? null : CacheReason.EMPTY_ANSWER;
  }
}
