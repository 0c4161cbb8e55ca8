package com.gymcoach.bedrock.warmup;

/** Receives the progress of a warm-up. */
@FunctionalInterface
public interface WarmUpListener {
  /**
   * Called after each line and once at the end, by the thread that has dealt with the line, one
   * call at a time. It must be quick. An exception is logged once and ignored.
   */
  void progressed(WarmUpProgress progress);
}
