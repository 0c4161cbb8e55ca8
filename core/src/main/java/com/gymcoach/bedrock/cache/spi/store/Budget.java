package com.gymcoach.bedrock.cache.spi.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The longest a request to a backend may take. The first look-ups of a process get a longer budget:
 * they load classes, open a connection and run before the compiler has started. The longer budget
 * ends after 50 answers, or when a look-up exceeds even that budget. Thread-safe.
 */
final class Budget {
  /** After this number of answers the code is warm enough for the ordinary budget. */
  static final int FIRST_ANSWERS = 50;

  private final Duration first;
  private final Duration ordinary;
  private final AtomicInteger firstAnswers = new AtomicInteger();

  private Budget(Duration first, Duration ordinary) {
    this.first = first;
    this.ordinary = ordinary;
  }

  /** Returns a constant budget. */
  static Budget of(Duration ordinary) {
    return new Budget(ordinary, ordinary);
  }

  /**
   * Returns a budget that starts at {@code first}. Has no effect if {@code first} is shorter than
   * {@code ordinary}.
   */
  static Budget of(Duration first, Duration ordinary) {
    return new Budget(first.compareTo(ordinary) > 0 ? first : ordinary, ordinary);
  }

  /** Returns the budget after warm-up. */
  Duration ordinary() {
    return ordinary;
  }

  /** Returns the budget during warm-up. */
  Duration first() {
    return first;
  }

  /** Returns the budget of a call made now. */
  Duration current() {
    return isFirst() ? first : ordinary;
  }

  boolean isFirst() {
    return firstAnswers.get() < FIRST_ANSWERS;
  }

  /** Records that a call was answered within its budget. */
  void answered() {
    if (isFirst()) {
      firstAnswers.incrementAndGet();
    }
  }

  /** Records that a call exceeded its budget, which ends the warm-up. */
  void usedUp() {
    firstAnswers.set(FIRST_ANSWERS);
  }
}
