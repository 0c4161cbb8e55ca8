package com.gymcoach.bedrock.cache;

import com.gymcoach.bedrock.cache.spi.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Clocks that stand still until told otherwise. */
public final class FakeTime implements TimeSource {
  private volatile Instant now = Instant.parse("2026-11-24T08:00:00Z");
  private volatile long nanos = 1_000_000_000L;

  public synchronized void advance(Duration by) {
    now = now.plus(by);
    nanos += by.toNanos();
  }

  /** Moves the wall clock alone. */
  public synchronized void jump(Duration by) {
    now = now.plus(by);
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }
}
