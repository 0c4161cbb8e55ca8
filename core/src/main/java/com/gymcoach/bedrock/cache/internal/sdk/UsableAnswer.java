package com.gymcoach.bedrock.cache.internal.sdk;

import com.gymcoach.bedrock.cache.CacheReason;
import com.gymcoach.bedrock.cache.internal.wire.Blank;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an answer is one that a caller can use: the model ended it by itself, and it says
 * something. Every operation and model family reports here what it finds in an answer, in order, so
 * that what is kept through one of them is kept through all.
 */
final class UsableAnswer {
  private final boolean toolUse;

  /**
   * The text from where marked reasoning may begin, with one letter for all that was shown before:
   * most answers have no mark, and need no copy.
   */
  private final StringBuilder marked = new StringBuilder();

  private boolean shown;
  private @Nullable CacheReason ending;
  private @Nullable CacheReason content;
  private boolean ended;
  private boolean holdsSomething;

  /**
   * Begins with an answer of which nothing is known yet.
   *
   * @param toolUse whether answers that ask for a tool are kept
   */
  UsableAnswer(boolean toolUse) {
    this.toolUse = toolUse;
  }

  /** Takes in how the answer ended. If it says so several times, each must be a good ending. */
  void ends(String stopReason, Set<String> complete) {
    ended = true;
    if (ending == null) {
      ending = StopReasons.judge(stopReason, complete, toolUse);
    }
  }

  /** Takes in that an answer of this kind is complete if it is there: a vector, an image. */
  void endsWithItsBody() {
    ended = true;
  }

  /** Takes in a text, or the next part of one. */
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

  /** Takes in something that is no text: an image, a vector, a score. */
  void holds(boolean something) {
    holdsSomething |= something;
  }

  /** Takes in that the answer asks for a tool. Where that is wanted, it says something. */
  void asksForTool() {
    if (toolUse) {
      holdsSomething = true;
    } else {
      refuse(CacheReason.TOOL_USE);
    }
  }

  /** Takes in a reason against the content; the first counts. */
  void refuse(CacheReason why) {
    if (content == null) {
      content = why;
    }
  }

  boolean ended() {
    return ended;
  }

  /** Returns why the way in which the answer ended speaks against it, or null. */
  @Nullable CacheReason ending() {
    return ending;
  }

  /** Returns why the content speaks against the answer, or null. */
  @Nullable CacheReason content() {
    return content;
  }

  /** Returns whether the answer says something besides its reasoning. */
  boolean saysSomething() {
    return holdsSomething || saysText();
  }

  /** Returns why the answer is not kept, or null where it may be. */
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
