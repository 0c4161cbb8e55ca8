package com.gymcoach.bedrock.cache.internal.engine;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;

/**
 * The most calls, and USD, that verifications may take in an hour. An hour begins with its first
 * call and ends by elapsed time, which no change of the wall clock shortens. Thread-safe.
 */
final class HitBudget {
  private static final long HOUR = Duration.ofHours(1).toNanos();

  private final TimeSource time;
  private final int maxCalls;
  private final double maxUsd;
  private long began;
  private int calls;
  private double usd;

  HitBudget(TimeSource time, int maxCalls, double maxUsd) {
    this.time = time;
    this.maxCalls = maxCalls;
    this.maxUsd = maxUsd;
  }

  /**
   * Returns whether a call may be made now.
   *
   * @param expectedUsd the price of the answer that is verified, or NaN if it is unknown
   */
  synchronized boolean allows(double expectedUsd) {
    return isOver() ? maxCalls > 0 && priced(expectedUsd) <= maxUsd : fits(expectedUsd);
  }

  /** Takes a call from the budget. Returns false, and takes nothing, if it may not be made. */
  synchronized boolean take(double expectedUsd) {
    if (isOver()) {
      calls = 0;
      usd = 0;
    }
    if (!fits(expectedUsd)) {
      return false;
    }
    if (calls == 0) {
      began = time.nanoTime();
    }
    calls++;
    usd += priced(expectedUsd);
    return true;
  }

  /** Corrects the expected cost of a call to the real one. An unknown cost changes nothing. */
  synchronized void settle(double expectedUsd, double realUsd) {
    if (!Double.isNaN(realUsd)) {
      usd = Math.max(0, usd + realUsd - priced(expectedUsd));
    }
  }

  private boolean isOver() {
    return calls == 0 || time.nanoTime() - began >= HOUR;
  }

  private boolean fits(double expectedUsd) {
    return calls < maxCalls && usd + priced(expectedUsd) <= maxUsd;
  }

  private static double priced(double price) {
    return Double.isNaN(price) ? 0 : price;
  }
}
