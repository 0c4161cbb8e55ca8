package com.gymcoach.bedrock.warmup;

import org.jspecify.annotations.Nullable;

/**
 * The money and calls that a warm-up may spend. The most that a call can cost is reserved before it
 * is made, so that calls under way together stay within the budget too. Thread-safe.
 */
final class Budget {
  private final double maxUsd;
  private final long maxCalls;
  private double reserved;
  private int underWay;
  private long calls;
  private double knownUsd;
  private double assumedUsd;
  private boolean closed;

  /**
   * Creates a budget.
   *
   * @param maxUsd the limit in USD, or null for none
   * @param maxCalls the limit of calls, {@link Long#MAX_VALUE} for none
   */
  Budget(@Nullable Double maxUsd, long maxCalls) {
    this.maxUsd = maxUsd == null ? Double.POSITIVE_INFINITY : maxUsd;
    this.maxCalls = maxCalls;
  }

  boolean limitsUsd() {
    return maxUsd < Double.POSITIVE_INFINITY;
  }

  /**
   * Reserves a call. If the rest of the budget is too small only because of calls under way, which
   * normally cost less than was reserved for them, waits for them.
   *
   * @param usd the most that the call can cost
   * @return false if the budget does not suffice, or was closed
   */
  synchronized boolean reserve(double usd) throws InterruptedException {
    while (!closed) {
      if (calls + underWay < maxCalls && knownUsd + assumedUsd + reserved + usd <= maxUsd) {
        reserved += usd;
        underWay++;
        return true;
      }
      if (underWay == 0 || calls >= maxCalls) {
        return false;
      }
      wait();
    }
    return false;
  }

  /** Gives a reservation back: the call was not made. */
  synchronized void release(double usd) {
    settled(usd);
  }

  /** Ends a call whose cost is known. */
  synchronized void spent(double usd, double actual) {
    settled(usd);
    calls++;
    knownUsd += actual;
  }

  /** Ends a call that may have been billed: the reservation counts as spent. */
  synchronized void assumed(double usd) {
    settled(usd);
    calls++;
    assumedUsd += usd;
  }

  private void settled(double usd) {
    underWay--;
    reserved = underWay == 0 ? 0 : reserved - usd; // no rounding error remains
    notifyAll();
  }

  /** Refuses all later reservations, and those that wait. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized long calls() {
    return calls;
  }

  synchronized double knownUsd() {
    return knownUsd;
  }

  /** Returns what may have been spent beyond what is known, calls under way included. */
  synchronized double assumedUsd() {
    return assumedUsd + reserved;
  }
}
