package com.gymcoach.bedrock.redis;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory of entries that are being written. Lettuce keeps an entry until Redis has
 * answered or the connection has ended, also after its caller has stopped waiting. Thread-safe.
 */
final class BytesUnderWay {
  private final long max;
  private final AtomicLong bytes = new AtomicLong();

  BytesUnderWay(long max) {
    this.max = max;
  }

  /** Takes the place of an entry, or returns false if there is none. One entry always has place. */
  boolean enter(int length) {
    long now = bytes.addAndGet(length);
    if (now <= max || now == length) {
      return true;
    }
    leave(length);
    return false;
  }

  void leave(int length) {
    bytes.addAndGet(-length);
  }
}
