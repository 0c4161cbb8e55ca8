package com.gymcoach.bedrock.warmup;

/** How a worker waits for the rate. */
@FunctionalInterface
interface Pause {
  /**
   * Waits.
   *
   * @return false if the warm-up ends meanwhile
   */
  boolean pause(long nanos) throws InterruptedException;
}
