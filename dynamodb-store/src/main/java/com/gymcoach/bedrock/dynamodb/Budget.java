package com.gymcoach.bedrock.dynamodb;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a call to the table may take. The first look-ups of a process may take longer: classes
 * are loaded, a connection is opened, the compiler has not begun. That ends when enough of them
 * were answered, or with the first that needs even this. Thread-safe.
 */
final class Budget {
  /** So many answers, and the code that gets them is warm enough for the ordinary budget. */
  static final int FIRST_ANSWERS = 50;

  private final Duration first;
  private final Duration ordinary;
  private final AtomicInteger firstAnswers = new AtomicInteger();

  private Budget(Duration first, Duration ordinary) {
    this.first = first;
    this.ordinary = ordinary;
  }

  /** Returns one that is always the same. */
  static Budget of(Duration ordinary) {
    return new Budget(ordinary, ordinary);
  }

  /** Returns one that begins with another; a shorter one to begin with has no effect. */
  static Budget of(Duration first, Duration ordinary) {
    return new Budget(first.compareTo(ordinary) > 0 ? first : ordinary, ordinary);
  }

  /** Returns the one that does not change. */
  Duration ordinary() {
    return ordinary;
  }

  /** Returns the one to begin with. */
  Duration first() {
    return first;
  }

  /** Returns the one of a call that is made now. */
  Duration current() {
    return isFirst() ? first : ordinary;
  }

  boolean isFirst() {
    return firstAnswers.get() < FIRST_ANSWERS;
  }

  /** Notes that a call was answered within its budget. */
  void answered() {
    if (isFirst()) {
      firstAnswers.incrementAndGet();
    }
  }

  /** Notes that a call has used its budget up. */
  void usedUp() {
    firstAnswers.set(FIRST_ANSWERS);
  }
}
