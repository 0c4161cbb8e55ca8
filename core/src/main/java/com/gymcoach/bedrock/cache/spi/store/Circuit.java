package com.gymcoach.bedrock.cache.spi.store;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the outcomes of the last 16 calls, and opens with a failure if at least half of them have
 * failed. It does not open before the eighth call. Lock-free and thread-safe; a call that succeeds
 * while none of the last 16 has failed writes nothing.
 */
final class Circuit {
  static final int MIN_CALLS = 8;

  static final int WINDOW = 16;

  private static final int OPEN = -1;
  private static final int EMPTY = 0;

  /**
   * {@link #OPEN}, or the window: the number of calls in the upper half, and in the lower half one
   * bit for each call, the last one lowest, set if it has failed. One word, because the outcome
   * that opens the circuit must count exactly once.
   */
  private final AtomicInteger state = new AtomicInteger(EMPTY);

  boolean isOpen() {
    return state.get() == OPEN;
  }

  /**
   * Counts a call, unless the circuit is open. Only a failure opens it: a success, even as the
   * eighth call, may be the first after an outage.
   *
   * @return whether this call has opened the circuit
   */
  boolean count(boolean failed) {
    while (true) {
      int window = state.get();
      if (window == OPEN) {
        return false;
      }
      int next = after(window, failed);
      if (next == window || state.compareAndSet(window, next)) {
        return next == OPEN;
      }
    }
  }

  private static int after(int window, boolean failed) {
    int calls = Math.min(WINDOW, (window >>> WINDOW) + 1);
    int outcomes = (window << 1 | (failed ? 1 : 0)) & ((1 << WINDOW) - 1);
    return failed && calls >= MIN_CALLS && 2 * Integer.bitCount(outcomes) >= calls
        ? OPEN
        : calls << WINDOW | outcomes;
  }

  /** Opens the circuit. Returns whether it was closed. */
  boolean open() {
    return state.getAndSet(OPEN) != OPEN;
  }

  /** Closes the circuit and forgets the calls before. Returns whether it was open. */
  boolean close() {
    return state.compareAndSet(OPEN, EMPTY);
  }
}
