package com.gymcoach.bedrock.cache.sim;

import org.jspecify.annotations.Nullable;

/** A call to Bedrock: for whom, when, and what it brought. */
final class Asked {
  private final int number;
  private final Caller caller;
  private final Question question;
  private final boolean background;
  private final boolean cut;
  private final Object answer;
  private final long began;
  private long answered = -1;
  private long ended = -1;
  private @Nullable Throwable failure;

  /**
   * Creates a call that begins now.
   *
   * @param question what Bedrock is asked, which may be a part of what the caller asked
   * @param cut whether the answer is cut short
   */
  Asked(int number, Caller caller, Question question, boolean background, boolean cut, long began) {
    this.number = number;
    this.caller = caller;
    this.question = question;
    this.background = background;
    this.cut = cut;
    this.began = began;
    this.answer = Answers.answer(question, number, cut);
  }

  int number() {
    return number;
  }

  Caller caller() {
    return caller;
  }

  Question question() {
    return question;
  }

  boolean isBackground() {
    return background;
  }

  boolean isCut() {
    return cut;
  }

  Object answer() {
    return answer;
  }

  long began() {
    return began;
  }

  /** Returns when Bedrock answered, or -1 if it did not. */
  long answered() {
    return answered;
  }

  /** Returns when the call ended in whatever way, or the end of time if it did not. */
  long ended() {
    return ended < 0 ? Long.MAX_VALUE : ended;
  }

  boolean hasEnded() {
    return ended >= 0;
  }

  /** Returns the failure that Bedrock's client returned, or null. */
  @Nullable Throwable failure() {
    return failure;
  }

  void answers(EventLoop loop) {
    answered = loop.now();
    ends(loop, null);
  }

  void ends(EventLoop loop, @Nullable Throwable thrown) {
    if (ended < 0) {
      ended = loop.now();
      failure = thrown;
      loop.log(() -> caller + " Bedrock call " + number + (thrown == null ? " answers" : " fails"));
    }
  }
}
